"""What comes out of answering a message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a message got these texts, or none; for figures and the operator."""

    ANSWERED = "answered"
    """By the core, or by a page that waited."""
    ORDER = "order"
    """A keyword was obeyed."""
    ERASED = "erased"
    """What was kept about the number was erased."""
    ORDER_AGAIN = "order_again"
    """A refusal that was confirmed already."""
    EMERGENCY = "emergency"
    """The number to call, given without the core."""
    MEDIA = "media"
    """There was nothing to read."""
    LIMIT_TOLD = "limit_told"
    """The first message over a limit."""
    OVER_LIMIT = "over_limit"
    LOOP = "loop"
    """A machine at the other end, or the same text again and again."""
    OFFICER = "officer"
    """An officer is writing with this citizen, and has the message."""
    NO_TELEPHONE = "no_telephone"
    """A short code or a name."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The texts to send, in order; none when silence is right."""

    texts: tuple[str, ...]
    reason: Reason
