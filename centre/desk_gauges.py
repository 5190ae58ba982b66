"""How officers and kiosks stand and what text messages cost, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge

from centre.figures import Budget, Desk
from centre.kiosks import Standing


class DeskGauges:
    """Set when ``/metrics`` is asked for.

    Args:
        registry: of the process.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._tickets = Gauge(
            "motcua_tickets",
            "Tickets that are not done",
            ("state",),
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._overdue = Gauge(
            "motcua_tickets_overdue",
            "Tickets whose promised first answer is over",
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._oldest = Gauge(
            "motcua_tickets_oldest_seconds",
            "Age of the oldest ticket that waits for its first answer",
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._segments = Gauge(
            "motcua_sms_month_segments",
            "Segments handed over since the month began",
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._budget = Gauge(
            "motcua_sms_budget_share",
            "Share of the month's budget for text messages that is spent; 0 without a budget",
            registry=registry,
            multiprocess_mode="mostrecent",
        )

        self._kiosks = Gauge(
            "motcua_kiosks",
            "Kiosks by what was heard of them: in the last day, not in the last day, shut out",
            ("state",),
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._kiosks_refusing = Gauge(
            "motcua_kiosks_refusing",
            "Kiosks that could not run a bundle newer than the one they use",
            registry=registry,
            multiprocess_mode="mostrecent",
        )

    def show(self, desk: Desk, budget: Budget) -> None:
        """Set every figure."""
        for state, count in (("open", desk.open), ("taken", desk.taken), ("passed", desk.passed)):
            self._tickets.labels(state).set(count)
        self._overdue.set(desk.overdue)
        self._oldest.set(desk.oldest_hours * 3600)
        self._segments.set(budget.segments)
        self._budget.set(budget.share)

    def show_kiosks(self, standing: Standing) -> None:
        """Set the figures of the fleet."""
        for state, count in (("heard", standing.heard), ("silent", standing.silent), ("blocked", standing.blocked)):
            self._kiosks.labels(state).set(count)
        self._kiosks_refusing.set(standing.refusing)
