"""How officers and kiosks stand and what text messages cost, for Prometheus."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Gauge

from centre.figures import LOOKED_UP, Budget, Day, Desk
from centre.kiosks import Standing
from tickets.reports import KindOpen


class DeskGauges:
    """Set when ``/metrics`` is asked for.

    Args:
        registry: of the process.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._shown: set[str] = set()
        self._outcomes = set(LOOKED_UP)
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
        self._look_ups = Gauge(
            "motcua_look_ups_today",
            "Look-ups of dossiers and registries since midnight in Vietnam, by how they ended",
            ("outcome",),
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._reports = Gauge(
            "motcua_reports_open",
            "Open reports by kind (service code); without one: told by text message, telephone or at a kiosk",
            ("kind",),
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._reports_late = Gauge(
            "motcua_reports_overdue",
            "Open reports past what was promised, by kind",
            ("kind",),
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

    def show_day(self, day: Day) -> None:
        """Set what was counted today; an outcome of which there is none yet is at 0."""
        self._outcomes |= day.look_ups.keys()
        for outcome in self._outcomes:
            self._look_ups.labels(outcome).set(day.look_ups.get(outcome, 0))

    def show_reports(self, kinds: Sequence[KindOpen]) -> None:
        """Set how reports stand; a kind of which none is open is at 0, once it was shown."""
        counts = {one.service: one for one in kinds}
        for kind in {*counts, *self._shown}:
            found = counts.get(kind)
            self._reports.labels(kind).set(found.count if found else 0)
            self._reports_late.labels(kind).set(found.late if found else 0)
        self._shown |= counts.keys()

    def show_kiosks(self, standing: Standing) -> None:
        """Set the figures of the fleet."""
        for state, count in (("heard", standing.heard), ("silent", standing.silent), ("blocked", standing.blocked)):
            self._kiosks.labels(state).set(count)
        self._kiosks_refusing.set(standing.refusing)
