"""What may become of a message."""

from __future__ import annotations

from enum import StrEnum


class IncomingState(StrEnum):
    """Of a citizen's message."""

    WAITING = "waiting"
    ANSWERING = "answering"
    """Some process holds a lease on it."""
    ANSWERED = "answered"
    IGNORED = "ignored"
    """No answer is due: a machine wrote, or the limit is reached."""
    FAILED = "failed"
    """Given up: the core could not answer it, or not in time. The citizen was told so."""


class OutgoingState(StrEnum):
    """Of a message to a citizen."""

    WAITING = "waiting"
    SENDING = "sending"
    """Some process holds a lease on it."""
    HANDED = "handed"
    """The provider has it."""
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    """Not handed over in time; it would only confuse now."""
    CANCELLED = "cancelled"
    """Not wanted any more: consent withdrawn, or the person asked for deletion."""


OPEN_INCOMING = (IncomingState.WAITING, IncomingState.ANSWERING)
OPEN_OUTGOING = (OutgoingState.WAITING, OutgoingState.SENDING)
