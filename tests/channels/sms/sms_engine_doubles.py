"""What queues of text messages meet in tests: a clock that stands still, a scripted provider, canned answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry

from channels.sms.citizens.sender import Sender
from channels.sms.delivery.delivery_receipts import Receipts
from channels.sms.figures import SmsFigures
from channels.sms.queue.inbox import Inbox, Question
from channels.sms.queue.inline_texts import InlineTexts
from channels.sms.queue.leases import LEASE_SECONDS, Lease
from channels.sms.queue.message_records import MessageRecords, OutgoingRecord
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.outbox_upkeep import OutboxUpkeep
from channels.sms.queue.queued import Claimed, NewMessage, NoticeRule, Result, Room
from channels.sms.routes.messages import Handed, IncomingMessage, Kind, OutgoingMessage
from channels.sms.routes.number_table import NumberTable
from channels.sms.routes.route import Arrivals, Fault, Limits, SendFailed
from stores.database import Database
from stores.sealing import Seal

SECRET = b"a secret of the tests"
NUMBER = "+84900000123"
OURS = "+84900000999"
START = 1_790_000_000.0
TABLE = NumberTable({"": ["gsm", "smpp", "twilio"]})
FAST = Limits(per_second=10_000.0, window=1_000, longest=1_600, idempotent=False)


class Clock:
    """Seconds since 1970, moved by the test."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now

    def later(self, seconds: float) -> None:
        self.now += seconds


class Queues:
    """Inbox, outbox and what belongs to them, over one database and one clock."""

    def __init__(self, database: Database, notices: NoticeRule | None = None, table: NumberTable = TABLE) -> None:
        self.database = database
        self.clock = Clock()
        self.seal = Seal(SECRET)
        self.table = table
        self.outbox = Outbox(database, self.seal, table, notices, self.clock)
        # Tests repeat themselves; test_sms_same_words.py is about those who do.
        self.inbox = Inbox(database, self.seal, self.outbox, self.clock, tells_twins=False)
        self.upkeep = OutboxUpkeep(database, self.seal, table, self.clock)
        self.receipts = Receipts(database, self.clock)
        self.records = MessageRecords(database, self.seal, 30, self.clock)
        self.texts = InlineTexts(database, self.seal, self.clock)
        self.figures = SmsFigures(CollectorRegistry())

    def lease(self, owner: str = "me") -> Lease:
        return Lease(owner, self.clock() + LEASE_SECONDS)

    def add(self, key: str = "k", **changes: object) -> str:
        usual: dict[str, object] = {
            "key": key,
            "recipient": NUMBER,
            "text": "Can to khai.",
            "kind": Kind.ANSWER,
            "person": "p",
            "came_by": "twilio",
        }
        (reference,) = self.outbox.add([NewMessage(**{**usual, **changes})])  # type: ignore[arg-type]
        return reference

    def claim(
        self, *results: Result, owner: str = "me", route: str = "twilio", most: int = 100, limits: Limits = FAST
    ) -> list[Claimed]:
        return list(self.outbox.exchange(owner, results, [Room(route, limits, most)]).claimed)

    def record(self, reference: str) -> OutgoingRecord:
        found = self.records.find(reference)
        assert isinstance(found, OutgoingRecord)
        return found

    def incoming(self, provider_id: str | None = "SM1", **changes: object) -> IncomingMessage:
        usual: dict[str, object] = {
            "route": "twilio",
            "sender": NUMBER,
            "recipient": OURS,
            "body": "làm giấy khai sinh cần gì",
            "received_at": datetime.fromtimestamp(self.clock(), UTC),
            "provider_id": provider_id,
        }
        return IncomingMessage(**{**usual, **changes})  # type: ignore[arg-type]

    def questions(self, owner: str = "me", most: int = 100) -> list[Question]:
        return self.inbox.claim(self.lease(owner), most)


@dataclass
class Said:
    """An answer."""

    texts: tuple[str, ...] = ("Can to khai.",)
    reason: str = "answered"


@dataclass
class CannedAnswers:
    """Answers as the test says, and remembers what was asked."""

    script: Callable[[IncomingMessage], Said] = field(default=lambda message: Said((f"Re: {message.body}",)))
    asked: list[tuple[IncomingMessage, str]] = field(default_factory=list)

    def answer(self, message: IncomingMessage, turn_id: str, sender: Sender) -> Said:
        self.asked.append((message, turn_id))
        return self.script(message)


class ScriptedRoute:
    """A provider that answers as the test says, and remembers every message it took."""

    def __init__(self, name: str = "twilio", limits: Limits = FAST) -> None:
        self.name = name
        self.limits = limits
        self.taken: list[OutgoingMessage] = []
        self.tried: list[OutgoingMessage] = []
        self.script: Callable[[OutgoingMessage], Fault | None] = lambda message: None
        self.knows: dict[str, str] = {}
        """Provider ids by reference, for :meth:`look_up`."""
        self.seconds = 0.0

    async def send(self, message: OutgoingMessage) -> Handed:
        self.tried.append(message)
        await asyncio.sleep(self.seconds)
        fault = self.script(message)
        if fault is not None:
            raise SendFailed(fault, fault.value, "scripted")
        self.taken.append(message)
        return Handed(f"P{len(self.taken)}", 1)

    async def look_up(self, message: OutgoingMessage) -> Handed | None:
        found = self.knows.get(message.reference)
        return Handed(found) if found is not None else None

    async def run(self, arrivals: Arrivals) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        pass
