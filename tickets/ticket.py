"""A ticket: one thing a citizen asks the commune to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from contract.tried import Tried
from language.languages import default_language


class TicketKind(StrEnum):
    """What is asked for."""

    CALL_BACK = "call_back"
    DATA_RIGHT = "data_right"
    """What a person asks for in writing about their data; the law says until when (:mod:`tickets.data_rights`)."""
    REPORT = "report"
    """Something is wrong: a broken road, a service refused, a fee asked for that is not due."""


class Outcome(StrEnum):
    """Why a ticket was closed."""

    SOLVED = "solved"
    NOT_OURS = "not_ours"
    """Nothing the commune may do; the citizen was told who may."""
    DUPLICATE = "duplicate"
    UNREACHED = "unreached"
    """The citizen could not be reached."""
    WITHDRAWN = "withdrawn"
    """The citizen needs it no more."""


class Rating(IntEnum):
    """How a citizen liked what was done; the number is the key that says so."""

    BAD = 1
    FAIR = 2
    GOOD = 3


class TicketState(StrEnum):
    """How far an officer is."""

    OPEN = "open"
    TAKEN = "taken"
    PASSED = "passed"
    """Given to another agency, which answers."""
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
    due_at: datetime | None = None
    """Until when, where a law says it; None: as the office promises for the kind."""
    created_at: datetime | None = None
    """When the citizen asked, where that was earlier than now: a kiosk may have been offline for days."""
    person: str | None = None
    """Keyed hash of the number it was sent from, where no number was given: whose it is to show and to erase."""
    language: str = field(default_factory=default_language)
    """BCP 47 primary tag of the language the citizen is answered in."""
    tried: Tried = ()
    """What the assistant tried before; kept sealed."""
    commune: str | None = None
    """Code of the commune it is about, where place and words name none (:mod:`language.communes.naming`)."""
    position: tuple[float, float] | None = None
    """Where the problem is, latitude and longitude in degrees; kept with a report alone."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A kept ticket."""

    number: str
    """Eight digits, the last of them a check digit; see :mod:`tickets.numbers`."""
    draft: Draft
    state: TicketState
    created_at: datetime
    changed_at: datetime
    officer: str | None = None
    """Who holds it; nobody else answers meanwhile."""
    due_at: datetime | None = None
    """Until when a first answer is promised."""
    answered_at: datetime | None = None
    """When the citizen got the first answer."""
    agency: str | None = None
    """Which agency it was passed to."""
    outcome: Outcome | None = None
    live_until: datetime | None = None
    """Until when the assistant keeps still, since an officer writes with the citizen."""
    rating: Rating | None = None
    """How the citizen liked what was done."""
    is_readable: bool = True
    """False where number or words are sealed with a key this installation does not have."""

    @property
    def first_answer_late(self) -> bool:
        """Whether the first answer came after what was promised."""
        return self.due_at is not None and self.answered_at is not None and self.answered_at > self.due_at

    def is_overdue(self, now: datetime) -> bool:
        """Whether what was promised is over and nobody has answered."""
        waits = self.answered_at is None and self.state in {TicketState.OPEN, TicketState.TAKEN}
        return waits and self.due_at is not None and self.due_at < now


OPENED = "opened"
"""What an officer has done who looked."""


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """Something an officer has done with a ticket."""

    at: datetime
    officer: str
    """Empty where the citizen did it."""
    what: str
    """:data:`OPENED`, or the deed (:class:`tickets.desk.Deed`), for some with a word behind a colon: to whom, why."""


class Author(StrEnum):
    """Who wrote a line of a ticket."""

    CITIZEN = "citizen"
    OFFICER = "officer"
    """The citizen has it, too."""
    NOTE = "note"
    """Officers alone see it."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something written in a ticket after it was made."""

    at: datetime
    author: Author
    officer: str
    """Empty where the citizen wrote it."""
    words: str
