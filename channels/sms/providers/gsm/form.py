"""What came in over the modem, read into typed values: a joined message, and the network's report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from channels.sms.providers.gsm.joining import Piece, Whole
from channels.sms.providers.gsm.spool import Report
from channels.sms.routes.messages import IncomingMessage, Receipt
from runtime.clock import VIETNAM
from stores.sealing import Seal


def read_message(whole: Whole, route: str, number: str, seal: Seal, now: Callable[[], datetime]) -> IncomingMessage:
    """A message with its parts joined.

    Args:
        whole: its rows.
        route: the modem's.
        number: ours, as citizens dial it: smsd does not know it.
        seal: hashes the identity of what came in.
        now: the clock, for a message whose own time cannot be read.
    """
    return IncomingMessage(
        route=route,
        sender=whole.sender,
        recipient=number,
        body=whole.body,
        received_at=_local(whole.sent_at) or now(),
        provider_id=seal.hash("gsm", "\n".join(sorted({identity(piece, seal) for piece in whole.pieces}))),
        media=1 if whole.is_binary else 0,
    )


def read_receipt(report: Report, route: str) -> Receipt:
    """The network's word about a message of ours."""
    return Receipt(route, report.delivery, None, report.reference, report.code)


def identity(piece: Piece, seal: Seal) -> str:
    """The same whenever smsd reads the same message of the card again, as it does when it ended before erasing it.

    The centre's time tells a message from the next one with the same text.
    """
    return seal.hash("gsm", "\n".join((piece.sender, piece.sent_at, piece.header, piece.text)))


def _local(sent_at: str) -> datetime | None:
    try:
        return datetime.fromisoformat(sent_at).replace(tzinfo=UTC).astimezone(VIETNAM)
    except ValueError:
        return None
