"""Routes of one rank share what waits by the length of their queues, and notices go their own way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from channels.sms.queue.outbox import Outbox
from channels.sms.queue.outbox_upkeep import OutboxUpkeep
from channels.sms.queue.queued import NewMessage, Room
from channels.sms.queue.tables import outgoing
from channels.sms.routes.messages import Kind
from channels.sms.routes.number_table import NumberTable
from channels.sms.routes.route import Limits
from stores.database import Database
from stores.sealing import Seal

SEAL = Seal(b"a secret of the tests")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(f"sqlite:///{tmp_path / 'test.db'}")
    found.migrate()
    yield found
    found.close()


def add(database: Database, table: NumberTable, count: int, kind: Kind = Kind.NOTICE, name: str = "k") -> None:
    messages = [NewMessage(f"{name}{at}", f"+8490{at:07d}", "tin", kind, f"p{at}") for at in range(count)]
    Outbox(database, SEAL, table, clock=lambda: 1000.0).add(messages)


def queues(database: Database) -> Counter[str]:
    with database.reading() as session:
        return Counter(session.scalars(select(outgoing.c.route)))


def test_routes_of_one_rank_get_equal_queues_and_the_next_rank_none(database: Database) -> None:
    table = NumberTable({"": [["gsm", "smpp"], "twilio"]})
    add(database, table, 10)
    assert queues(database) == {"gsm": 5, "smpp": 5}
    add(database, table, 3, name="later")
    assert sorted(queues(database).values()) == [6, 7]


def test_notices_and_warnings_go_their_own_way(database: Database) -> None:
    table = NumberTable({"": ["gsm", "smpp"]}, {"+84": ["smpp", "gsm"]})
    for kind in Kind:
        add(database, table, 1, kind, name=kind.value)
    with database.reading() as session:
        found = dict(session.execute(select(outgoing.c.kind, outgoing.c.route)).tuples().all())
    assert found == {"answer": "gsm", "notice": "smpp", "warning": "smpp"}


def test_a_brand_name_stands_on_what_answers_nobody(database: Database) -> None:
    outbox = Outbox(database, SEAL, NumberTable({"": ["smpp"]}), clock=lambda: 1000.0, brand="UBNDXAVIDU")
    for kind in Kind:
        outbox.add([NewMessage(kind.value, "+84900000123", "tin", kind, "p")])
    room = Room("smpp", Limits(per_second=1000.0, window=10, longest=480, idempotent=True), 10)
    claimed = outbox.exchange("worker", (), [room]).claimed
    assert {one.kind: one.message.sender for one in claimed} == {
        Kind.ANSWER: None,
        Kind.NOTICE: "UBNDXAVIDU",
        Kind.WARNING: "UBNDXAVIDU",
    }


def test_a_route_that_runs_dry_takes_over_from_one_of_its_rank(database: Database) -> None:
    table = NumberTable({"": [["gsm", "smpp"], "twilio"]})
    add(database, table, 200)
    with database.writing() as session:
        # One is fast: its queue is gone before the other one has sent anything.
        session.execute(delete(outgoing).where(outgoing.c.route == "smpp"))
    upkeep = OutboxUpkeep(database, SEAL, table, clock=lambda: 1000.0)
    assert upkeep.share(["gsm"]) == 0
    moved = upkeep.share(["gsm", "smpp", "twilio"])
    assert queues(database) == {"gsm": 100 - moved, "smpp": moved}
    assert moved > 30
    assert upkeep.share(["gsm", "smpp", "twilio"]) == 0
    assert upkeep.share(["gsm", "twilio"]) == 0
