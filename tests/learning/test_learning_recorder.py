"""Recording beside the turns."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from learning_examples import DAY, asked_back, exchange, kept

from contract.reply import ReplyKind
from contract.turn import Channel
from learning.recorder import Recorder
from learning.store import LearningStore
from stores.database import Database


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LearningStore]:
    database = Database(f"sqlite:///{tmp_path / 'learning.db'}")
    database.migrate()
    yield LearningStore(database)
    database.close()


class SlowStore:
    """A store that waits for a sign and remembers in which thread it was called."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.busy = threading.Event()
        self.texts: list[str] = []
        self.threads: set[str] = set()

    def add(self, kept: object) -> None:
        self.busy.set()
        assert self.go_on.wait(30)
        self.texts.append(kept.text)  # type: ignore[attr-defined]
        self.threads.add(threading.current_thread().name)

    def forget_before(self, day: date) -> int:
        return 0


def recorder(store: object, **named: int) -> Recorder:
    return Recorder(store, lambda: DAY, keep_days=180, **named)  # type: ignore[arg-type]


def test_what_is_worth_it_is_kept_redacted_with_the_day(store: LearningStore) -> None:
    recording = recorder(store)
    recording.turn(asked_back("tôi là Trần Thị Bông, xin nuôi yến, 0905000123"), Channel.PHONE)
    recording.turn(exchange("xin chào", ReplyKind.NOTICE, "greet"), Channel.SMS)
    recording.close()
    (found,) = store.open()
    assert found.kept.text == "tôi là [tên], xin nuôi yến, [số điện thoại]"
    assert found.kept.normalised == "tôi là xin nuôi yến"
    assert (found.kept.channel, found.kept.day, found.kept.intent) == (Channel.PHONE, DAY, "ask_procedure")
    assert [(one.code, one.chance) for one in found.kept.candidates] == [("1.000001", 0.4), ("1.000002", 0.1)]
    assert found.kept.answered == "Cần việc nào dưới đây?"


def test_people_who_differ_only_in_their_numbers_are_counted_together(store: LearningStore) -> None:
    recording = recorder(store)
    recording.turn(asked_back("xin nuôi yến 0905000123"), Channel.SMS)
    recording.turn(asked_back("Xin nuôi yến! 0905000124"), Channel.SMS)
    recording.close()
    assert [one.times for one in store.open()] == [2]


def test_a_turn_never_waits_and_a_full_queue_counts_what_it_loses() -> None:
    slow = SlowStore()
    recording = recorder(slow, capacity=2)
    recording.turn(asked_back("một"), Channel.SMS)
    assert slow.busy.wait(30)
    for said in ("hai", "ba", "bốn", "năm"):
        recording.turn(asked_back(said), Channel.SMS)
    assert recording.lost == 2
    assert slow.texts == []
    slow.go_on.set()
    recording.close()
    assert slow.texts == ["một", "hai", "ba"]
    assert slow.threads == {"learning"}


def test_a_database_that_is_away_costs_a_warning_without_the_words(caplog: pytest.LogCaptureFixture) -> None:
    recording = recorder(LearningStore(Database("postgresql://nobody@127.0.0.1:1/none")))
    with caplog.at_level(logging.WARNING):
        recording.turn(asked_back("nuôi yến"), Channel.SMS)
        recording.turn(asked_back("nuôi ong"), Channel.SMS)
        recording.close(30)
    assert recording.lost == 2
    assert "OperationalError" in caplog.text
    assert "nuôi" not in caplog.text


def test_recording_goes_on_after_a_close(store: LearningStore) -> None:
    recording = recorder(store)
    for said in ("nuôi yến", "nuôi ong"):
        recording.turn(asked_back(said), Channel.SMS)
        recording.close()
    assert {one.kept.text for one in store.open()} == {"nuôi yến", "nuôi ong"}


def test_utterances_older_than_the_setting_are_deleted(store: LearningStore) -> None:
    store.add(kept("cũ", DAY - timedelta(days=181)))
    store.add(kept("còn", DAY - timedelta(days=180)))
    recording = recorder(store)
    recording.turn(asked_back("nuôi yến"), Channel.SMS)
    recording.close()
    assert {one.kept.text for one in store.open()} == {"còn", "nuôi yến"}
