"""Whether answers helped is counted by what was told, without words and without anybody in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from contract.turn import Channel
from learning.ratings import Rating, RatingStore, Told
from learning.recorder import Recorder
from learning.store import LearningStore
from stores.database import Database

TODAY = date(2026, 11, 30)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    found.migrate()
    yield found
    found.close()


def test_ratings_are_summed_and_what_helped_least_comes_first(database: Database) -> None:
    store = RatingStore(database)
    for about, helped, channel in (
        ("1.001193", True, Channel.SMS),
        ("1.001193", True, Channel.SMS),
        ("1.001456", False, Channel.PHONE),
        ("1.001456", True, Channel.KIOSK),
    ):
        store.add(Rating(TODAY, channel, about, helped))
    assert store.told() == [Told("1.001456", 1, 1), Told("1.001193", 2, 0)]


def test_old_ones_are_forgotten(database: Database) -> None:
    store = RatingStore(database)
    store.add(Rating(date(2026, 1, 1), Channel.SMS, "", helped=True))
    store.add(Rating(TODAY, Channel.SMS, "", helped=False))
    assert store.forget_before(date(2026, 6, 1)) == 1
    assert store.told() == [Told("", 0, 1)]


def test_the_recorder_writes_them_after_the_turn(database: Database) -> None:
    ratings = RatingStore(database)
    recorder = Recorder(LearningStore(database), lambda: TODAY, 180, ratings=ratings)
    recorder.rated(Channel.SMS, "desk.hours", helped=True)
    recorder.close()
    assert ratings.told() == [Told("desk.hours", 1, 0)]
