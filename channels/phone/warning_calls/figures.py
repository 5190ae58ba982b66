"""Figures of calls that warn, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge

from channels.warnings.rules import Outcome


class WarningCallFigures:
    """How calls that warn ended.

    Args:
        registry: of the process.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._ended = Counter(
            "motcua_warning_calls", "Calls that warn of danger, by how they ended", ("outcome",), registry=registry
        )
        self._active = Gauge(
            "motcua_warning_calls_active",
            "Calls that warn of danger, ringing or spoken",
            registry=registry,
            multiprocess_mode="livesum",
        )

    def active(self, count: int) -> None:
        """So many go on."""
        self._active.set(count)

    def ended(self, outcome: Outcome) -> None:
        """One ended."""
        self._ended.labels(outcome.value).inc()
