"""Wrong tries at dossiers for supervisors: how many, how many were turned away, and when everybody together is too
much."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from prometheus_client import CollectorRegistry, Gauge
from redis.exceptions import RedisError

from actions.dossiers.lockout import COUNTS_KEY
from channels.parts import Parts
from installation.root import Installation


class LookUpFigures:
    """Counted by whoever looks up, shown by the gateway: the core has no address for supervisors.

    Args:
        registry: of the process.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        latest: dict[str, Any] = {"registry": registry, "multiprocess_mode": "mostrecent"}
        self._by_name = {
            "wrong": Gauge("motcua_look_up_wrong", "Second factors that did not fit, since the store began", **latest),
            "locked": Gauge("motcua_look_up_locked", "Look-ups turned away after too many of them", **latest),
            "alarm": Gauge(
                "motcua_look_up_alarm", "Times one dossier or the installation was guessed at too often", **latest
            ),
        }

    def show(self, counts: dict[str, int]) -> None:
        """What the store says."""
        for name, gauge in self._by_name.items():
            gauge.set(counts.get(name, 0))


def look_up_figures(here: Installation, parts: Parts) -> Blueprint:
    """Brings the figures into ``/metrics``."""
    figures = LookUpFigures(parts.metrics.registry)
    blueprint = Blueprint("look_up_figures", __name__)

    @blueprint.before_app_request
    def count() -> None:
        if request.path == "/metrics":
            try:
                figures.show({str(name): int(count) for name, count in here.redis.hgetall(COUNTS_KEY).items()})
            except RedisError:
                # /readyz says so; what was shown last stays.
                return

    return blueprint
