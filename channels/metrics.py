"""Figures for Prometheus. No label ever says who: only channel, intent, outcome."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from channels.figures_folder import figure_files, is_shared
from contract.turn import Channel
from runtime.version import version

_TURN_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0)
"""Up to the 15 s after which a provider gives up."""


class Metrics:
    """The gateway's figures.

    Args:
        registry: of the process; without one these have their own, so that two gateways in one process do not mix.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._registry = registry or CollectorRegistry()
        Gauge(
            "motcua_build_info",
            "Always 1; its label is the version of the program that runs",
            ("version",),
            registry=self._registry,
            multiprocess_mode="max",
        ).labels(version()).set(1)
        self._turns = Counter("motcua_turns", "Turns answered", ("channel", "intent"), registry=self._registry)
        self._seconds = Histogram(
            "motcua_turn_seconds",
            "Seconds from the turn to its rendered answer",
            ("channel",),
            buckets=_TURN_SECONDS,
            registry=self._registry,
        )
        self._failed = Counter(
            "motcua_turns_failed",
            "Turns the core gave no answer to",
            ("channel", "error"),
            registry=self._registry,
        )
        self._repeats = Counter(
            "motcua_repeats_dropped",
            "Messages a provider delivered again",
            ("provider",),
            registry=self._registry,
        )
        self._bad_signatures = Counter(
            "motcua_bad_signatures",
            "Webhooks refused for their signature",
            ("provider",),
            registry=self._registry,
        )

    @property
    def registry(self) -> CollectorRegistry:
        """Where other figures of the same process join in."""
        return self._registry

    def turn_answered(self, channel: Channel, intent: str, seconds: float) -> None:
        """A turn got its answer."""
        self._turns.labels(channel.value, intent).inc()
        self._seconds.labels(channel.value).observe(seconds)

    def turn_failed(self, channel: Channel, error: str) -> None:
        """The core gave no answer; ``error`` is the name of the error's class."""
        self._failed.labels(channel.value, error).inc()

    def repeat_dropped(self, provider: str) -> None:
        """A provider delivered a message again."""
        self._repeats.labels(provider).inc()

    def bad_signature(self, provider: str) -> None:
        """A webhook was not signed with our token."""
        self._bad_signatures.labels(provider).inc()

    def exposition(self) -> bytes:
        """All figures in Prometheus' text format; over all processes when they share a folder."""
        if not is_shared():
            return generate_latest(self._registry)
        shared = CollectorRegistry()
        shared.register(_AllProcesses())
        return generate_latest(shared)


class _AllProcesses(Collector):
    """Adds up the figures of every process of the installation, whatever its kind."""

    def collect(self) -> Iterable[Metric]:
        merged: Iterable[Metric] = MultiProcessCollector.merge(figure_files(), accumulate=True)  # type: ignore[no-untyped-call]
        return merged
