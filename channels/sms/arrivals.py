"""Where routes bring what reached them: into the inbox and to the receipts, in a web process or in the worker."""

from __future__ import annotations

from channels.sms.delivery.delivery_receipts import Receipts
from channels.sms.figures import SmsFigures
from channels.sms.queue.inbox import Inbox
from channels.sms.queue.wake import Wake
from channels.sms.routes.messages import IncomingMessage, Receipt


class StoredArrivals:
    """Stores what arrives and wakes whoever answers; both calls block for about a millisecond.

    Both raise SQLAlchemy's errors when the database is away: then the route must not confirm what it got, so that
    it comes again.

    Args:
        inbox: for messages.
        receipts: for receipts.
        wake: calls the worker.
        figures: counts.
    """

    def __init__(self, inbox: Inbox, receipts: Receipts, wake: Wake, figures: SmsFigures) -> None:
        self._inbox = inbox
        self._receipts = receipts
        self._wake = wake
        self._figures = figures

    def message(self, message: IncomingMessage) -> bool:
        """Store a citizen's message; False when it was there already."""
        taken = self._inbox.take(message)
        self._figures.taken(message.route, taken.is_new)
        if taken.is_new:
            self._wake.incoming()
        return taken.is_new

    def receipt(self, receipt: Receipt) -> None:
        """Store a provider's word about a message of ours."""
        is_known = self._receipts.record(receipt)
        self._figures.receipt(receipt.route, receipt.delivery, is_known)
