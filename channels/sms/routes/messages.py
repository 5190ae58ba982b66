"""The values every route speaks: a message that came in, one that goes out, what a provider said about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One text message a citizen sent, parts already joined."""

    route: str
    """Name of the provider it came in by."""
    sender: str
    """As the provider writes it; never logged, stored only sealed and as a keyed hash."""
    recipient: str
    """Our number or short code, as the provider writes it."""
    body: str
    received_at: datetime
    """Aware; when the provider or the modem took it, else when it reached us."""
    provider_id: str | None = None
    """The provider's id, the same when it delivers the message again; None where there is none (modems)."""
    media: int = 0
    """Pictures or files that came with it."""
    voice: str = field(default="", repr=False)
    """Address at the provider of a recording among them; empty where there is none."""

    @property
    def is_media_only(self) -> bool:
        """Whether there is something, but nothing to read."""
        return self.media > 0 and not self.body.strip()


class Kind(StrEnum):
    """Why a message goes out."""

    ANSWER = "answer"
    """The citizen has just asked; goes first, at any hour."""
    NOTICE = "notice"
    """Our own doing: needs consent, and waits for the hours in which people may be disturbed."""
    WARNING = "warning"
    """Danger where somebody lives: needs the consent to warnings, and waits for no hour."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One text message on its way to a provider."""

    reference: str
    """Our id: letters and digits, the same for every try. Where a provider knows idempotency keys, this is it."""
    recipient: str
    """In E.164; never logged."""
    text: str
    """As it is sent, diacritics already chosen."""
    sender: str | None = None
    """Our number the citizen wrote to, so that the answer comes from the same; None lets the route choose."""
    valid_seconds: int | None = None
    """How long the provider should keep trying; None leaves it to the provider."""
    created_at: datetime | None = None
    """When it was made, aware: what a provider took earlier cannot be this message. Without it a route that finds
    messages by their text cannot look this one up."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A provider has taken a message."""

    provider_id: str | None
    """Its id, by which receipts come; None where it gives none."""
    segments: int | None = None
    """Parts it counted, where it says."""


class Delivery(StrEnum):
    """What a receipt says, in our words."""

    HANDED = "handed"
    """Taken by the provider or its operator; nothing is final yet."""
    DELIVERED = "delivered"
    FAILED = "failed"
    """Will not arrive."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A provider's word about a message it was handed."""

    route: str
    delivery: Delivery
    provider_id: str | None
    reference: str | None = None
    """Our id where the provider gives it back: it finds the message even before the sending call has returned."""
    code: str | None = None
    """The provider's error code, for the operator."""
    also: tuple[str, ...] = ()
    """Other ways in which ``provider_id`` may have been written when the message was taken."""
