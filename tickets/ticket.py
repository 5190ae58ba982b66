"""A ticket: one thing a citizen asks the commune to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TicketKind(StrEnum):
    """What is asked for."""

    CALL_BACK = "call_back"
    REPORT = "report"
    """Something is wrong: a broken road, a service refused, a fee asked for that is not due."""


class TicketState(StrEnum):
    """How far an officer is."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a channel knows when a citizen has asked."""

    key: str
    """Idempotency key: whoever hands the same key in again gets the same ticket. Never a number or a name."""
    kind: TicketKind
    channel: str
    """``sms``, ``phone``, ``kiosk``."""
    contact: str | None = None
    """Telephone number in E.164, if the citizen gave one; kept sealed."""
    words: str = ""
    """What the citizen said, as said; kept sealed."""
    place: str = ""
    """Where the problem is, as said; kept sealed."""
    procedure: str | None = None
    """Code of the procedure last talked about."""
    origin: str = ""
    """Which kiosk it comes from; empty for the centre's own channels."""
    created_at: datetime | None = None
    """When the citizen asked, where that was earlier than now: a kiosk may have been offline for days."""
    person: str | None = None
    """Keyed hash of the number it was sent from, where no number was given: whose it is to show and to erase."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A kept ticket."""

    number: str
    """Eight digits, the last of them a check digit; see :mod:`tickets.numbers`."""
    draft: Draft
    state: TicketState
    created_at: datetime
    changed_at: datetime


OPENED = "opened"
"""What an officer has done who looked."""


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """Something an officer has done with a ticket."""

    at: datetime
    officer: str
    what: str
    """:data:`OPENED`, or the state it was moved to."""
