"""What limits refused, and wrong tries at dossiers, for supervisors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, request
from prometheus_client import CollectorRegistry, Gauge
from redis.exceptions import RedisError

from actions.dossiers.lockout import COUNTS_KEY
from channels.parts import Parts
from installation.root import Installation
from stores.limiter import REACHED_KEY


class LimitFigures:
    """Counted in the store by whatever process refuses, shown by the gateway: core, voice and worker have no address
    for supervisors.

    Args:
        registry: of the process.
        limits: names of those there are, shown from the start, so that the first refusal is seen as a rise.
    """

    def __init__(self, registry: CollectorRegistry, limits: Iterable[str] = ()) -> None:
        latest: dict[str, Any] = {"registry": registry, "multiprocess_mode": "mostrecent"}
        self._limits = tuple(limits)
        self._reached = Gauge(
            "motcua_limits_reached_total", "What each limit has refused, since the store began", ("limit",), **latest
        )
        self._wrong = Gauge("motcua_look_up_wrong", "Second factors that did not fit, since the store began", **latest)

    def show(self, reached: dict[str, int], wrong: int) -> None:
        """What the store says."""
        for name in self._limits:
            self._reached.labels(name).set(reached.get(name, 0))
        self._wrong.set(wrong)


def limit_figures(here: Installation, parts: Parts) -> Blueprint:
    """Brings the figures into ``/metrics``."""
    figures = LimitFigures(parts.metrics.registry, here.limits)
    blueprint = Blueprint("limit_figures", __name__)

    @blueprint.before_app_request
    def count() -> None:
        if request.path == "/metrics":
            try:
                reached = {str(name): int(count) for name, count in here.redis.hgetall(REACHED_KEY).items()}
                figures.show(reached, int(here.redis.hget(COUNTS_KEY, "wrong") or 0))
            except RedisError:
                # /readyz says so; what was shown last stays.
                return

    return blueprint
