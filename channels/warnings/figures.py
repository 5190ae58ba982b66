"""Figures of warnings for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge

from channels.warnings.given import Reach


class WarningFigures:
    """Whom the warnings reached that are given at present.

    Args:
        registry: of the process.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._people = Gauge(
            "motcua_warning_people",
            "People for whom a warning of danger is given at present, by how far it reached them",
            ("reach",),
            registry=registry,
            multiprocess_mode="mostrecent",
        )

    def show(self, reach: Reach) -> None:
        """Set every figure."""
        for name in Reach.__slots__:
            if name != "people":
                self._people.labels(name).set(getattr(reach, name))
