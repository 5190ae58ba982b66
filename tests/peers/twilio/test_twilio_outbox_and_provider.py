"""The outbox, the route and a provider that fails in every way: nobody goes without an answer, nobody gets two."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import select

from channels.sms.delivery import retry_policy as aftermath
from channels.sms.delivery.delivery_receipts import Receipts
from channels.sms.delivery.dispatcher import Sending
from channels.sms.figures import SmsFigures
from channels.sms.providers.twilio.form import read_receipt
from channels.sms.providers.twilio.send import TwilioRoute
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.queued import NewMessage
from channels.sms.queue.states import OutgoingState
from channels.sms.queue.tables import outgoing
from channels.sms.routes import route_health
from channels.sms.routes.messages import Kind
from channels.sms.routes.number_table import NumberTable
from runtime.backoff import Backoff
from stores.database import Database
from stores.sealing import Seal
from tests.peers.twilio.provider import ACCOUNT, NUMBER, TOKEN, Behaviour, Message, Provider

DEADLINE = 90.0

TROUBLES = (
    Behaviour("429", takes=False, code=20429, retry_after="0.1"),
    Behaviour("503", takes=False),
    Behaviour("401", takes=False, code=20003),
    Behaviour("500", takes=True),
    Behaviour("500", takes=False),
    Behaviour("drop", takes=True),
    Behaviour("drop", takes=False),
    Behaviour("garbage", takes=True),
    Behaviour("other", takes=True),
)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    opened = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    opened.migrate()
    return opened


@pytest.fixture
async def route(provider: Provider) -> AsyncIterator[TwilioRoute]:
    made = TwilioRoute(ACCOUNT, TOKEN, api_url=provider.url, number=NUMBER, public_url="https://sms.example.vn")
    yield made
    await made.close()


@pytest.fixture
async def outbox(database: Database, route: TwilioRoute, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Outbox]:
    """The queue, with the worker's loop that empties it; waits are short."""
    monkeypatch.setattr(aftermath, "UNSURE_WAIT", 0.3)
    for module in (aftermath, route_health):
        monkeypatch.setattr(module, "BACKOFF", Backoff(first=0.05, longest=0.3))
    monkeypatch.setattr(route_health, "THROTTLE", Backoff(first=0.1, longest=0.3))
    table = NumberTable({"": ["twilio"]})
    made = Outbox(database, Seal(b"a secret of the tests"), table)
    sending = Sending(made, {"twilio": route}, table, SmsFigures(CollectorRegistry()), "tests")
    running = asyncio.create_task(sending.run())
    yield made
    await sending.stop()
    await running
    database.close()


def answers(number: int) -> list[NewMessage]:
    return [
        NewMessage(f"answer:{index}:0", f"+849000{index:05}", f"Cau tra loi {index}.", Kind.ANSWER, f"person{index}")
        for index in range(number)
    ]


async def become(database: Database, expected: dict[OutgoingState, int]) -> bool:
    """Whether the messages come into these states, and none is on its way any more."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        with database.reading() as session:
            states = Counter(session.scalars(select(outgoing.c.state)))
        if states == expected:
            return True
        await asyncio.sleep(0.05)
    return False


async def test_every_message_arrives_once_whatever_the_provider_does(
    outbox: Outbox, database: Database, provider: Provider
) -> None:
    provider.ahead.extend(trouble for trouble in TROUBLES for _ in range(4))
    random.Random(7).shuffle(provider.ahead)
    outbox.add(answers(40))
    assert await become(database, {OutgoingState.HANDED: 40})
    assert not provider.ahead
    assert Counter(taken.body for taken in provider.messages.values()) == {
        f"Cau tra loi {index}.": 1 for index in range(40)
    }


async def test_a_message_the_provider_never_takes_is_given_up_and_holds_nobody_up(
    outbox: Outbox, database: Database, provider: Provider
) -> None:
    first, *others = answers(5)
    provider.opted_out.add(first.recipient)
    outbox.add([first, *others])
    assert await become(database, {OutgoingState.FAILED: 1, OutgoingState.HANDED: 4})
    with database.reading() as session:
        assert session.scalars(select(outgoing.c.code).where(outgoing.c.state == OutgoingState.FAILED)).all() == [
            "21610"
        ]


async def test_a_receipt_before_the_answer_to_our_request_is_not_lost(
    outbox: Outbox, database: Database, provider: Provider
) -> None:
    """The provider reports while our request is still open, and its answer to the request then breaks off."""
    receipts = Receipts(database)

    async def report(message: Message, status: str) -> int:
        receipt = read_receipt(
            {"MessageSid": message.sid, "MessageStatus": status}, {"message": message.reference or ""}
        )
        assert receipt is not None
        await asyncio.to_thread(receipts.record, receipt)
        return 204

    provider.report = report  # type: ignore[method-assign, assignment]
    provider.ahead.append(Behaviour("ok", receipts_first=("sent", "delivered")))
    provider.ahead.append(Behaviour("drop", takes=True, receipts_first=("sent", "delivered")))
    outbox.add(answers(2))
    assert await become(database, {OutgoingState.DELIVERED: 2})
    assert len(provider.messages) == 2
