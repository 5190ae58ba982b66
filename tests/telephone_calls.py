"""A caller without a carrier: does what people do on the telephone, and hears what the dialogue says."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from places import NLU_DATA
from redis import Redis

from channels.phone.dialogue.asking import Core
from channels.phone.dialogue.call import CallDialogue
from channels.phone.dialogue.call_store import CallStates
from channels.phone.dialogue.carrier_protocol import (
    CallStarted,
    End,
    HungUp,
    Input,
    Keys,
    Move,
    Prepared,
    Said,
    Silence,
    Transfer,
    TransferEnded,
)
from channels.phone.dialogue.preparing import DryRun
from channels.phone.dialogue.ticket_screens import Tickets
from runtime.clock import VIETNAM
from stores.sealing import Seal
from understanding.emergencies import Emergencies

OPEN = datetime(2026, 11, 18, 9, 0, tzinfo=VIETNAM)
"""A Wednesday morning."""
CLOSED = datetime(2026, 11, 22, 9, 0, tzinfo=VIETNAM)
"""A Sunday."""
OFFICER = "+842000000001"
CALLER = "+84900000123"
SEAL = Seal(b"a secret of the tests")


@dataclass
class NotedCallBacks:
    """Keeps wishes to be called back in memory."""

    numbers: dict[str, str] = field(default_factory=dict)
    fails: bool = False

    def add(self, key: str, number: str, words: str, procedure: str | None) -> str | None:
        if self.fails:
            return None
        self.numbers[key] = number
        return "12345678"


@dataclass
class SentTexts:
    """Keeps text messages in memory."""

    sent: dict[str, tuple[str, str]] = field(default_factory=dict)

    def send(self, key: str, number: str, text: str) -> bool:
        self.sent[key] = (number, text)
        return True


@dataclass
class Line:
    """The commune's telephone line, with one dialogue behind it."""

    core: Core
    redis: Redis
    now: datetime = OPEN
    officer: str | None = OFFICER
    call_backs: NotedCallBacks | None = field(default_factory=NotedCallBacks)
    texts: SentTexts | None = field(default_factory=SentTexts)
    tickets: Tickets | None = None
    dry_run: DryRun | None = None

    def __post_init__(self) -> None:
        self.states = CallStates(self.redis, SEAL)
        emergencies = Emergencies.load(NLU_DATA)
        self.dialogue = CallDialogue(
            self.core,
            self.states,
            danger_in=emergencies.kind_in,
            now=lambda: self.now,
            officer=self.officer,
            call_backs=self.call_backs,
            texts=self.texts,
            tickets=self.tickets,
            dry_run=self.dry_run,
        )


@dataclass
class Call:
    """One call."""

    line: Line
    caller: str | None = CALLER
    id: str = field(default_factory=lambda: "CA" + secrets.token_hex(16))
    last: Move = field(default_factory=lambda: Move(()))
    hears_words: bool = True
    """Whether the line has a recogniser."""

    def does(self, given: Input) -> Move:
        """One input; the move that answers it."""
        self.last = self.line.dialogue.step(self.id, given, self.last.sequence, hears=self.hears_words)
        return self.last

    def starts(self) -> Move:
        return self.does(CallStarted(self.caller))

    def keys(self, digits: str) -> Move:
        return self.does(Keys(digits))

    def says(self, text: str, confidence: float | None = None) -> Move:
        return self.does(Said(text, confidence))

    def would_hear(self, text: str) -> Prepared | None:
        """What is prepared while the caller pauses after these words."""
        return self.line.dialogue.prepare(self.id, Said(text), hears=self.hears_words)

    def waits(self) -> Move:
        return self.does(Silence())

    def comes_back(self, *, answered: bool) -> Move:
        return self.does(TransferEnded(answered))

    def hangs_up(self) -> Move:
        return self.does(HungUp())

    @property
    def hears(self) -> str:
        """What is said now."""
        return " ".join(line.text for line in self.last.say)

    @property
    def is_over(self) -> bool:
        return isinstance(self.last.then, End)

    @property
    def dials(self) -> str | None:
        """Whom the caller is connected with."""
        return self.last.then.number if isinstance(self.last.then, Transfer) else None
