"""The catalogue for supervisors: files with a mistake, whose last good version goes on answering."""

from __future__ import annotations

from flask import Blueprint, request
from prometheus_client import CollectorRegistry, Gauge

from catalogue.wording import read_in
from channels.health import NeedsHand
from channels.parts import Parts
from installation.root import Installation


def catalogue_mistakes(registry: CollectorRegistry) -> Gauge:
    """The figure."""
    return Gauge(
        "motcua_catalogue_mistakes",
        "Mistakes in files of the catalogue; `motcua catalogue check` says which",
        registry=registry,
        multiprocess_mode="mostrecent",
    )


def catalogue_health(here: Installation, parts: Parts) -> Blueprint:
    """Puts the catalogue's mistakes into ``/readyz`` and their number into ``/metrics``."""
    mistakes = catalogue_mistakes(parts.metrics.registry)

    def check() -> None:
        problems = here.catalogue.problems()
        if problems:
            with read_in(here.settings.cli_language):
                raise NeedsHand([str(problem) for problem in problems])

    parts.beside["catalogue"] = check
    blueprint = Blueprint("catalogue_health", __name__)

    @blueprint.before_app_request
    def count() -> None:
        if request.path == "/metrics":
            mistakes.set(len(here.catalogue.problems()))

    return blueprint
