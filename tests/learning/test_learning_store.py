"""Kept utterances in the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import pytest
from learning_examples import DAY, kept
from sqlalchemy import text

from learning.kept import Reason, State
from learning.store import LearningStore
from learning.tables import LearningUtterance
from stores.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(f"sqlite:///{tmp_path / 'learning.db'}")
    found.migrate()
    yield found
    found.close()


@pytest.fixture
def store(database: Database) -> LearningStore:
    return LearningStore(database)


def test_an_utterance_comes_back_as_it_was_kept(store: LearningStore) -> None:
    store.add(kept("nuôi yến"))
    (found,) = store.open()
    assert found.kept == kept("nuôi yến")
    assert (found.times, found.first_day, found.state, found.label) == (1, DAY, State.OPEN, "")
    assert store.get(found.id) == found


def test_the_same_words_are_counted_and_not_kept_twice(store: LearningStore) -> None:
    later = DAY + timedelta(days=3)
    store.add(kept("nuôi yến"))
    store.add(kept("nuôi yến", later, Reason.REFUSED, code="1.000002"))
    (found,) = store.open()
    assert (found.times, found.first_day, found.kept.day) == (2, DAY, later)
    assert (found.kept.reason, found.kept.candidates[0].code) == (Reason.REFUSED, "1.000002")


def test_the_most_frequent_come_first_and_only_as_many_as_asked_for(store: LearningStore) -> None:
    for said in ("một", "hai", "hai", "ba", "ba", "ba"):
        store.add(kept(said))
    assert [one.kept.text for one in store.open(limit=2)] == ["ba", "hai"]


def test_no_column_can_hold_who_said_it_or_at_what_time(database: Database) -> None:
    columns = {column.name for column in LearningUtterance.__table__.columns}
    assert columns == {
        "id", "key", "text", "normalised", "channel", "reason", "intent", "candidates", "answered",
        "first_day", "last_day", "times", "state", "label",
    }  # fmt: skip
    assert {field.name for field in fields(kept("x"))} <= columns | {"day"}


def test_a_dropped_utterance_leaves_no_words_and_does_not_come_back(store: LearningStore, database: Database) -> None:
    store.add(kept("nuôi yến"))
    (found,) = store.open()
    assert store.drop(found.id)
    store.add(kept("nuôi yến"))
    assert store.open() == []
    with database.reading() as session:
        rows = session.execute(text("SELECT * FROM learning_utterances")).all()
    assert len(rows) == 1
    assert "yến" not in str(rows)


def test_nothing_is_dropped_that_is_not_there(store: LearningStore) -> None:
    assert not store.drop(7)


@pytest.mark.parametrize(("reason", "is_open"), [(Reason.ASKED_BACK, False), (Reason.DENIED, True)])
def test_a_labelled_utterance_comes_back_when_its_answer_is_denied(
    store: LearningStore, reason: Reason, is_open: bool
) -> None:
    store.add(kept("nuôi yến"))
    number = store.open()[0].id
    store.mark_labelled(number, "1.000001")
    assert store.open() == []
    store.add(kept("nuôi yến", reason=reason))
    found = store.get(number)
    assert found is not None
    assert (found.state, found.label) == ((State.OPEN, "") if is_open else (State.LABELLED, "1.000001"))


def test_what_was_not_said_for_long_is_deleted_and_its_id_not_used_again(store: LearningStore) -> None:
    store.add(kept("mới", date(2026, 11, 2)))
    store.add(kept("cũ", date(2026, 5, 1)))
    old = next(one.id for one in store.open() if one.kept.text == "cũ")
    assert store.forget_before(date(2026, 11, 1)) == 1
    assert [one.kept.text for one in store.open()] == ["mới"]
    store.add(kept("khác"))
    assert old not in [one.id for one in store.open()]
