"""How exchanged cases stand, for Prometheus."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge

from runtime.clock import VIETNAM
from runtime.working_time import WorkingTime
from tickets.exchange.case import Side, Standing
from tickets.exchange.outbox import Waiting


class ExchangeGauges:
    """Set when ``/metrics`` is asked for.

    Args:
        registry: of the process.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._cases = Gauge(
            "motcua_exchange_cases",
            "Exchanged cases that are not over",
            ("side",),
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._overdue = Gauge(
            "motcua_exchange_cases_overdue",
            "Exchanged cases whose time limit is over",
            ("side",),
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._awaiting = Gauge(
            "motcua_exchange_cases_awaiting_supplement",
            "Exchanged cases that wait for a supplement",
            ("side",),
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._waiting = Gauge(
            "motcua_exchange_messages_waiting",
            "Messages the other agency has not taken yet",
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._troubled = Gauge(
            "motcua_exchange_messages_troubled",
            "Messages that were tried and not taken",
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._oldest = Gauge(
            "motcua_exchange_messages_oldest_seconds",
            "Age of the oldest message the other agency has not taken",
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._erasures = Gauge(
            "motcua_exchange_erasures_waiting",
            "Erased cases of which the other agency has not said so yet",
            registry=registry,
            multiprocess_mode="mostrecent",
        )

    def show(
        self, standings: Sequence[tuple[Side, Standing]], waiting: Waiting, calendar: WorkingTime, now: datetime
    ) -> None:
        """Set every figure."""
        today = now.astimezone(VIETNAM).date()
        for side in Side:
            ours = [standing for own, standing in standings if own is side]
            self._cases.labels(side).set(len(ours))
            self._overdue.labels(side).set(sum(one.is_overdue(calendar, today) for one in ours))
            self._awaiting.labels(side).set(sum(one.awaiting_since is not None for one in ours))
        self._waiting.set(waiting.messages)
        self._troubled.set(waiting.troubled)
        self._oldest.set((now - waiting.oldest).total_seconds() if waiting.oldest is not None else 0)
        self._erasures.set(waiting.erasures)
