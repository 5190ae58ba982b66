"""What officers switch off is off at once, in every process, and comes back as they said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from installation.tables import migrate
from stores.audit import Audit
from stores.database import Database
from stores.out_of_service import CENTRE, EVERYTHING, FRESH_SECONDS, LONGEST, Off, OutOfService, WrongScope
from stores.sealing import Seal

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


class Time:
    """Both clocks of a process."""

    def __init__(self) -> None:
        self.now, self.ticks = NOON, 0.0

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.ticks += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'motcua.db'}"
    migrate(url)
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def process(database: Database, time: Time, tmp_path: Path) -> Callable[[], OutOfService]:
    audit = Audit(database, Seal(b"a secret of the tests"), lambda: time.now, tmp_path / "checkpoints")
    return lambda: OutOfService(database, lambda: time.now, audit, ticks=lambda: time.ticks)


def test_another_process_learns_of_it_within_moments(process: Callable[[], OutOfService], time: Time) -> None:
    here, there = process(), process()
    assert there.first_of(EVERYTHING, "channel:sms") is None
    here.take_off("channel:sms", "lan", "Đang  sửa\nmáy.")
    assert here.first_of("channel:sms") is not None
    time.passes(FRESH_SECONDS)
    off = there.first_of(EVERYTHING, "channel:sms")
    assert off is not None
    assert off.words == "Đang sửa máy."
    assert there.first_of(EVERYTHING, "channel:phone") is None


def test_a_box_follows_its_centre_and_keeps_what_was_switched_on_it(process: Callable[[], OutOfService]) -> None:
    box, fee = process(), Off("procedure:1.001193", "Lệ phí đang được xem lại.", NOON, None, CENTRE)
    box.take_off("channel:kiosk", "lan")
    assert (
        box.follow([fee, Off("channel:kiosk", "", NOON, None, CENTRE), Off("newer:thing", "", NOON, None, CENTRE)]) == 1
    )
    assert {off.scope: off.officer for off in box.all()} == {"channel:kiosk": "lan", "procedure:1.001193": CENTRE}
    assert box.follow([fee]) == 0
    assert box.follow([replace(fee, words="Sáng mai có lại.")]) == 1
    assert [off.words for off in box.all()] == ["", "Sáng mai có lại."]
    assert box.follow([]) == 1
    assert [off.scope for off in box.all()] == ["channel:kiosk"]


def test_it_comes_back_by_itself_at_its_end(process: Callable[[], OutOfService], time: Time) -> None:
    here = process()
    here.take_off(EVERYTHING, "lan", until=NOON + timedelta(seconds=1))
    assert here.first_of(EVERYTHING) is not None
    time.passes(1)
    assert here.first_of(EVERYTHING) is None
    assert here.all() == []
    assert here.forget_ended() == 1


def test_once_more_changes_the_words_and_putting_back_ends_it(process: Callable[[], OutOfService]) -> None:
    here = process()
    here.take_off("procedure:1.001193", "lan", "Một.")
    here.take_off("procedure:1.001193", "mai", "Hai.")
    assert [(off.words, off.officer) for off in here.all()] == [("Hai.", "mai")]
    assert here.put_back("procedure:1.001193", "lan")
    assert not here.put_back("procedure:1.001193", "lan")
    assert here.first_of("procedure:1.001193") is None


def test_who_switched_stands_in_the_audit_log(
    process: Callable[[], OutOfService], database: Database, tmp_path: Path, time: Time
) -> None:
    here = process()
    here.take_off(EVERYTHING, "lan")
    here.put_back(EVERYTHING, "mai")
    audit = Audit(database, Seal(b"a secret of the tests"), lambda: time.now, tmp_path / "checkpoints")
    told = [(entry.deed, entry.who, entry.what) for entry in audit.entries()]
    assert told == [("back_in_service", "mai", EVERYTHING), ("out_of_service", "lan", EVERYTHING)]


@pytest.mark.parametrize("scope", ["", "channel:fax", "procedure:", "procedure:1.0011", "all", "procedure:1.001193\n"])
def test_what_nobody_knows_is_refused(process: Callable[[], OutOfService], scope: str) -> None:
    with pytest.raises(WrongScope):
        process().take_off(scope, "lan")


def test_a_sentence_too_long_and_an_end_that_has_passed_change_nothing(process: Callable[[], OutOfService]) -> None:
    here = process()
    with pytest.raises(ValueError, match="signs"):
        here.take_off(EVERYTHING, "lan", "a" * (LONGEST + 1))
    with pytest.raises(ValueError, match="passed"):
        here.take_off(EVERYTHING, "lan", until=NOON)
    assert here.all() == []


def test_a_database_that_is_gone_leaves_what_was_known(
    process: Callable[[], OutOfService], database: Database, time: Time
) -> None:
    here = process()
    here.take_off("channel:phone", "lan")
    assert here.first_of("channel:phone") is not None
    with database.writing() as session:
        session.execute(text("DROP TABLE out_of_service"))
    time.passes(FRESH_SECONDS)
    assert here.first_of("channel:phone") is not None
