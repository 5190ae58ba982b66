"""Rows of text messages have an end, by months on PostgreSQL, one by one on SQLite; no message is stored twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sms_engine_doubles import START, Queues
from sms_queues import postgres_server, postgres_url, queues, quick_queues  # noqa: F401 - fixtures
from sqlalchemy import func, inspect, select, text

from channels.sms.queue import months
from channels.sms.queue.months import Months
from channels.sms.queue.queued import HandedOver
from channels.sms.queue.states import IncomingState
from channels.sms.queue.tables import incoming, outgoing
from runtime.clock import VIETNAM
from stores.database import Database, alembic_config

# ruff: noqa: F811 - pytest's fixtures are imported, and named again as arguments

DAY = 86_400.0


def counted(queues: Queues) -> tuple[int, int]:
    with queues.database.reading() as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) for table in (incoming, outgoing))  # type: ignore[return-value]


def partitions(database: Database) -> list[str]:
    found = inspect(database.engine).get_table_names()
    return sorted(name for name in found if name.startswith(("sms_incoming_", "sms_outgoing_")))


def month_of(table: str, now: float, by: int) -> str:
    at = datetime.fromtimestamp(now, VIETNAM)
    month = at.year * 12 + at.month - 1 + by
    return f"{table}_{month // 12:04d}_{month % 12 + 1:02d}"


def fill(queues: Queues, name: str) -> None:
    queues.inbox.take(queues.incoming(name))
    queues.add(name)


class TestAnEnd:
    def test_old_rows_go_and_others_stay(self, queues: Queues) -> None:
        keeper = Months(queues.database, queues.clock)
        keeper.end_before(0.0)
        fill(queues, "old")
        queues.clock.later(70 * DAY)
        keeper.end_before(0.0)
        fill(queues, "new")
        assert counted(queues) == (2, 2)
        assert keeper.end_before(queues.clock() - 31 * DAY) >= 2
        assert counted(queues) == (1, 1)
        assert keeper.end_before(queues.clock() - 31 * DAY) == 0

    def test_many_go_a_batch_at_a_time(self, quick_queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(months, "BATCH", 3)
        monkeypatch.setattr(months, "MOST_BATCHES", 2)
        for index in range(10):
            fill(quick_queues, f"k{index}")
        keeper = Months(quick_queues.database, quick_queues.clock)
        assert keeper.end_before(START + 1) == 12
        assert counted(quick_queues) == (4, 4)

    def test_the_file_shrinks_by_what_went(self, quick_queues: Queues) -> None:
        file = quick_queues.database.file
        assert file is not None
        empty = file.stat().st_size
        for index in range(600):
            quick_queues.add(f"k{index}", text="Can to khai. " * 30)
        quick_queues.database.drop_log()
        assert file.stat().st_size > 1.5 * empty
        Months(quick_queues.database, quick_queues.clock).end_before(START + 1)
        while quick_queues.database.give_room_back():
            pass
        quick_queues.database.drop_log()
        assert file.stat().st_size < 1.2 * empty


class TestMonthsOfPostgres:
    @pytest.fixture
    def queues(self, postgres_url: str) -> Iterator[Queues]:
        database = Database(postgres_url)
        database.migrate()
        made = Queues(database)
        # Beyond the months that the migration made by the real clock.
        made.clock.now = time.time() + 200 * DAY
        yield made
        database.close()

    def test_months_are_made_ahead_and_dropped_whole(self, queues: Queues) -> None:
        keeper = Months(queues.database, queues.clock)
        keeper.end_before(0.0)
        first = {month_of(table, queues.clock(), by) for table in ("sms_incoming", "sms_outgoing") for by in range(3)}
        assert first <= set(partitions(queues.database))
        keeper.end_before(0.0)
        queues.clock.later(150 * DAY)
        assert keeper.end_before(queues.clock() - 31 * DAY) > 0
        now = set(partitions(queues.database))
        assert not first & now
        assert month_of("sms_outgoing", queues.clock(), 2) in now
        # Those from before the months, too, and the one for what has no month stays.
        assert not any(name.endswith("_before") for name in now)
        assert "sms_incoming_other" in now

    def test_nothing_is_tried_anew_where_the_months_are_there(
        self, queues: Queues, caplog: pytest.LogCaptureFixture
    ) -> None:
        queues.clock.now = time.time()
        keeper = Months(queues.database, queues.clock)
        keeper.end_before(0.0)
        caplog.clear()
        keeper.end_before(0.0)
        assert not caplog.records

    def test_a_row_lies_in_its_month(self, queues: Queues) -> None:
        Months(queues.database, queues.clock).end_before(0.0)
        fill(queues, "k")
        with queues.database.reading() as session:
            for table in ("sms_incoming", "sms_outgoing"):
                assert session.scalar(text(f"SELECT count(*) FROM {month_of(table, queues.clock(), 0)}")) == 1

    def test_what_comes_while_no_month_is_ready_is_stored_all_the_same(self, queues: Queues) -> None:
        queues.clock.later(900 * DAY)
        fill(queues, "k")
        assert counted(queues) == (1, 1)
        Months(queues.database, queues.clock).end_before(0.0)
        (question,) = queues.questions()
        assert queues.inbox.settle(question, "me", ["Can to khai."]) is not None
        assert queues.inbox.state(question.id) is IncomingState.ANSWERED

    def test_the_same_message_at_once_and_again_in_another_month_is_one(self, queues: Queues) -> None:
        with ThreadPoolExecutor(8) as pool:
            taken = list(pool.map(lambda _: queues.inbox.take(queues.incoming("SM1")), range(8)))
            added = list(pool.map(lambda _: queues.add("k"), range(8)))
        assert sum(one.is_new for one in taken) == 1
        assert len({one.id for one in taken}) == 1
        assert len(set(added)) == 1
        Months(queues.database, queues.clock).end_before(0.0)
        queues.clock.later(40 * DAY)
        assert not queues.inbox.take(queues.incoming("SM1")).is_new
        queues.add("k")
        assert counted(queues) == (1, 1)

    def test_one_version_back_and_forward_again_keeps_every_row(self, queues: Queues) -> None:
        from alembic import command

        fill(queues, "before")
        Months(queues.database, queues.clock).end_before(0.0)
        config = alembic_config()
        with queues.database.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "months@base")
        assert partitions(queues.database) == []
        constraints = inspect(queues.database.engine).get_unique_constraints("sms_incoming")
        assert [one["column_names"] for one in constraints] == [["key"]]
        queues.database.migrate()
        assert counted(queues) == (1, 1)
        fill(queues, "after")
        assert not queues.inbox.take(queues.incoming("before")).is_new
        (first, second) = queues.claim()
        queues.claim(HandedOver(first.id, "P1"), HandedOver(second.id, "P2"), most=0)
        assert counted(queues) == (2, 2)
