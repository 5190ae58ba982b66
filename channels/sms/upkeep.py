"""What the worker does now and then: leases, other routes, early receipts, old messages, figures."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from channels.sms.delivery.delivery_receipts import Receipts
from channels.sms.delivery.retry_policy import UNSURE_WAIT
from channels.sms.figures import SmsFigures
from channels.sms.queue.inbox import Inbox
from channels.sms.queue.lease_owners import Owner
from channels.sms.queue.leases import LEASE_SECONDS, Lease
from channels.sms.queue.message_records import MessageRecords
from channels.sms.queue.outbox_upkeep import OutboxUpkeep

UNSURE_STAYS = 600.0
"""Seconds a message that its route may have taken waits for that route to come back before another one gets it."""

RENEW_SECONDS = LEASE_SECONDS / 3
FIGURES_SECONDS = 5.0
CLEAN_SECONDS = 60.0


class Upkeep:
    """Call :meth:`run` about once a second from a thread of its own.

    Raises SQLAlchemy's errors when the database is away; the next call does what was left.

    Args:
        inbox: kept.
        outbox: kept.
        receipts: kept.
        records: counted.
        owner: this process.
        figures: shown.
        clean: deletes what is old, in every room (:class:`runtime.retention.RetentionJob`).
        clock: seconds since 1970.
    """

    def __init__(
        self,
        inbox: Inbox,
        outbox: OutboxUpkeep,
        receipts: Receipts,
        records: MessageRecords,
        owner: Owner,
        figures: SmsFigures,
        clean: Callable[[], object],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._clean = clean
        self._inbox = inbox
        self._outbox = outbox
        self._receipts = receipts
        self._records = records
        self._owner = owner
        self._figures = figures
        self._clock = clock
        self._due: dict[str, float] = {}

    def run(self, working: Sequence[str], repeats_harmless: Sequence[str]) -> bool:
        """Do what is due; True when messages became free to be answered or sent.

        Args:
            working: routes that take messages at present.
            repeats_harmless: routes whose provider knows a message by its reference.
        """
        if self._is_due("renew", RENEW_SECONDS):
            lease = Lease(self._owner.name, self._clock() + LEASE_SECONDS)
            self._inbox.renew(lease)
            self._outbox.renew(lease)
        gone = self._owner.gone()
        freed = self._inbox.release(gone)
        freed += self._outbox.release(UNSURE_WAIT, repeats_harmless, gone)
        self._owner.forget(gone)
        freed += self._outbox.wake(working)
        freed += self._outbox.choose_routes(working, UNSURE_STAYS)
        freed += self._outbox.share(working)
        self._outbox.expire()
        self._receipts.match_early()
        if self._is_due("figures", FIGURES_SECONDS):
            self._figures.waiting(*self._records.waiting())
        if self._is_due("clean", CLEAN_SECONDS):
            self._clean()
        return freed > 0

    def _is_due(self, what: str, every: float) -> bool:
        now = self._clock()
        if now < self._due.get(what, 0.0):
            return False
        self._due[what] = now + every
        return True
