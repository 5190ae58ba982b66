"""What a step comes to, before it is written out as a move."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from channels.phone.dialogue.carrier_protocol import End, Line, Transfer
from channels.phone.dialogue.state import CallState


class Ask(StrEnum):
    """How the present screen is asked."""

    FULL = "full"
    FIRST = "first"
    """At the start of a call: what is wanted most, soon over."""
    REST = "rest"
    """What the start of a call left out, for whoever waits."""
    SHORT = "short"
    """In other words, after no usable answer."""
    KEYS = "keys"
    """By its keys alone, after a second one."""


@dataclass(frozen=True, slots=True)
class Next:
    """The call after an input, and what is said."""

    state: CallState
    before: tuple[Line, ...] = ()
    """Said before the screen."""
    then: Transfer | End | None = None
    """Instead of asking the screen."""
    ask: Ask = Ask.FULL
