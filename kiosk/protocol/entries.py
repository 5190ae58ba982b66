"""What entries of the queue hold once they are opened."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Annotated, Final

from pydantic import Field

from contract.tried import MOST_STEPS, Tried
from kiosk.protocol.keys import CannotOpen, Keys, PublicKeys
from kiosk.protocol.messages import EntryKind, Message
from language.languages import default_language

PURPOSE: Final = "entry"
LARGEST: Final = 64 * 1024
"""Bytes of one opened entry; the longest report takes a tenth."""

Phone = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]


class TicketEntry(Message):
    """A report or a wish to be called back; :class:`tickets.ticket.Draft` explains the fields."""

    kind: str
    channel: str
    contact: Phone | None = None
    words: Annotated[str, Field(max_length=2000)] = ""
    place: Annotated[str, Field(max_length=2000)] = ""
    procedure: Annotated[str | None, Field(max_length=40)] = None
    tried: Annotated[Tried, Field(max_length=MOST_STEPS)] = ()


class StatusRequestEntry(Message):
    """A look-up to be done when the line is back, answered by text message: the citizen agreed to that."""

    code: Annotated[str, Field(max_length=60)]
    last4: Annotated[str, Field(pattern=r"^[0-9]{4}$")]
    phone: Phone
    language: Annotated[str, Field(max_length=8)] = Field(default_factory=default_language)


class TextEntry(Message):
    """An answer the citizen wants on the own telephone."""

    phone: Phone
    text: Annotated[str, Field(min_length=1, max_length=2000)]


class UsageEntry(Message):
    """Counted on one day, without anybody in it."""

    day: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    counts: dict[Annotated[str, Field(max_length=80)], Annotated[int, Field(ge=1, le=1_000_000)]]


class LogEntry(Message):
    """The newest lines of a box's log, ordered by the centre; personal data was struck out before they were written."""

    order: Annotated[str, Field(pattern=r"^[a-z]{12}$")]
    lines: Annotated[str, Field(max_length=LARGEST)]


Content = TicketEntry | StatusRequestEntry | TextEntry | UsageEntry | LogEntry

_SHAPES: dict[EntryKind, type[Content]] = {
    EntryKind.TICKET: TicketEntry,
    EntryKind.STATUS_REQUEST: StatusRequestEntry,
    EntryKind.TEXT: TextEntry,
    EntryKind.USAGE: UsageEntry,
    EntryKind.LOG: LogEntry,
}


def close(content: Content, centre: PublicKeys) -> str:
    """Compressed and sealed to the centre; from then on this kiosk cannot read it either."""
    return base64.b64encode(centre.close(zlib.compress(content.to_bytes(), 9), PURPOSE)).decode()


def open_entry(kind: EntryKind, sealed: str, keys: Keys) -> Content:
    """What :func:`close` sealed.

    Raises:
        ValueError: it was sealed to somebody else, or is not what it says it is.
    """
    try:
        packed = keys.open(base64.b64decode(sealed), PURPOSE)
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(packed, LARGEST)
    except (CannotOpen, binascii.Error, zlib.error):
        raise ValueError("the entry cannot be opened") from None
    if not unpacking.eof:
        raise ValueError("the entry is too large")
    return _SHAPES[kind].from_bytes(content)
