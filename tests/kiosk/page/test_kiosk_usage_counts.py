"""A kiosk counts what is asked, by kind and day, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from contract.turn import TurnResult, Understanding
from kiosk.page.usage_counts import count_turn
from kiosk.queue.keeping import Usage
from kiosk.queue.tables import UsageRow
from runtime.clock import today
from stores.database import Database


def a_turn(intent: str | None) -> TurnResult:
    return TurnResult(replies=(), understanding=Understanding(intent=intent))


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'kiosk.db'}")
    database.migrate()
    return database


def test_turns_are_counted_by_what_was_wanted(database: Database) -> None:
    usage = Usage(database)
    for intent in ("ask_procedure", "ask_procedure", "greet", None):
        count_turn(usage, a_turn(intent))
    with database.reading() as session:
        rows = {(row.day, row.figure): row.count for row in session.scalars(select(UsageRow))}
    day = today().isoformat()
    assert rows == {(day, "turn.ask_procedure"): 2, (day, "turn.greet"): 1}


def test_a_machine_without_a_centre_counts_nothing() -> None:
    count_turn(None, a_turn("greet"))


def test_a_visitor_is_answered_though_counting_fails(tmp_path: Path) -> None:
    without_tables = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    count_turn(Usage(without_tables), a_turn("greet"))
