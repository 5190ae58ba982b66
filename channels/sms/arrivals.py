"""Where routes bring what reached them: into the inbox and to the receipts, in a web process or in the worker.

While the database cannot take a row, what arrives waits on the disk of this machine; it is not lost, and no provider
is asked to come again.
"""

from __future__ import annotations

import threading
from contextvars import copy_context

from sqlalchemy.exc import SQLAlchemyError

from channels.sms.delivery.delivery_receipts import Receipts
from channels.sms.figures import SmsFigures
from channels.sms.queue.arrival_spool import Arrival, ArrivalSpool
from channels.sms.queue.inbox import Inbox
from channels.sms.queue.wake import Wake
from channels.sms.routes.messages import IncomingMessage, Receipt
from runtime import logs

RETRY_SECONDS = 1.0
"""Between tries to take in what waits on the disk."""

_log = logs.get(__name__)


class StoredArrivals:
    """Stores what arrives and wakes whoever answers; both calls block for about a millisecond.

    Both raise SQLAlchemy's errors when neither the database nor the disk takes it: then the route must not confirm
    what it got, so that it comes again.

    Args:
        inbox: for messages.
        receipts: for receipts.
        wake: calls the worker.
        figures: counts.
        spool: keeps what the database cannot take.
    """

    def __init__(self, inbox: Inbox, receipts: Receipts, wake: Wake, figures: SmsFigures, spool: ArrivalSpool) -> None:
        self._inbox = inbox
        self._receipts = receipts
        self._wake = wake
        self._figures = figures
        self._spool = spool
        self._lock = threading.Lock()
        self._draining = False
        self._ended = threading.Event()

    def message(self, message: IncomingMessage) -> bool:
        """Store a citizen's message; False when it was there already."""
        self.drain()
        try:
            return self._take_message(message)
        except SQLAlchemyError as error:
            self.keep(message, error)
            return True

    def receipt(self, receipt: Receipt) -> None:
        """Store a provider's word about a message of ours."""
        try:
            self._take_receipt(receipt)
        except SQLAlchemyError as error:
            self.keep(receipt, error)

    def keep(self, arrival: Arrival, error: SQLAlchemyError) -> None:
        """Keep on the disk what the database did not take.

        Raises:
            SQLAlchemyError: ``error`` again, where the disk does not take it either.
        """
        try:
            self._spool.put(arrival)
        except OSError as problem:
            _log.error("what arrived can be kept nowhere", cause=type(problem).__name__, route=arrival.route)
            raise error from None
        self._figures.spooled(arrival.route)
        _log.warning("what arrived waits on the disk", cause=type(error).__name__, route=arrival.route)
        self.drain_later()

    def waiting(self) -> int:
        """How many arrivals wait on the disk of this machine."""
        return len(self._spool)

    def drain(self) -> None:
        """Take in what waits, so that a person's earlier message comes before the one that arrives now."""
        self._spool.drain(self._take)

    def drain_later(self) -> None:
        """Take in what waits as soon as the database takes it; in a thread that ends then."""
        with self._lock:
            if self._draining or not self.waiting():
                return
            self._draining = True
        run = copy_context().run
        threading.Thread(target=run, args=(self._drain_until_empty,), name="arrivals", daemon=True).start()

    def close(self) -> None:
        """Try no more; what waits stays on the disk for the next start."""
        self._ended.set()

    def _drain_until_empty(self) -> None:
        while not self._ended.wait(RETRY_SECONDS):
            try:
                self.drain()
            except OSError as error:
                _log.error("the spool cannot be read", cause=type(error).__name__)
            with self._lock:
                if not self.waiting():
                    self._draining = False
                    return

    def _take(self, arrival: Arrival) -> None:
        if isinstance(arrival, Receipt):
            self._take_receipt(arrival)
        else:
            self._take_message(arrival)

    def _take_message(self, message: IncomingMessage) -> bool:
        taken = self._inbox.take(message)
        self._figures.taken(message.route, taken.is_new)
        if taken.is_new:
            self._wake.incoming()
        return taken.is_new

    def _take_receipt(self, receipt: Receipt) -> None:
        is_known = self._receipts.record(receipt)
        self._figures.receipt(receipt.route, receipt.delivery, is_known)
