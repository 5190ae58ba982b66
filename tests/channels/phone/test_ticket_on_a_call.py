"""A caller asks about a ticket: by keys or words, hears what an officer answered, and rates it by a key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy.orm import Session
from telephone_calls import CALLER, OPEN, SEAL, Call, Line

from channels.core_client import CoreUnavailable
from contract.turn import Turn, TurnResult
from contract.wording import wording_of
from installation.tables import migrate
from language import data
from stores.database import Database
from tickets.asked import AskedTickets
from tickets.desk import Desk
from tickets.numbers import number_for
from tickets.store import TicketStore
from tickets.ticket import Draft, Outcome, TicketKind


class _NoPost:
    def add(self, session: Session, key: str, number: str, words: str) -> None:
        raise ValueError

    def takes(self, number: str) -> bool:
        return False

    def number_of(self, session: Session, person: str) -> str | None:
        return None

    def call(self) -> None:
        pass


class _NoCore:
    """Gives no answer: what is asked of it would be heard as trouble."""

    def result(self, turn: Turn) -> TurnResult:
        raise CoreUnavailable("away")


class Office:
    """Tickets, and a line that knows them."""

    def __init__(self, database: Database, redis: Redis) -> None:
        self.tickets = TicketStore(database, SEAL, lambda: OPEN)
        self.desk = Desk(database, SEAL, lambda: OPEN, _NoPost())
        asked = AskedTickets(
            database, SEAL, self.tickets, self.desk, lambda: wording_of(data.folder()).room("replies"), lambda: OPEN
        )
        self.line = Line(_NoCore(), redis, tickets=asked)

    def answered(self, contact: str | None = CALLER, *, closed: bool = True) -> str:
        number = self.tickets.add(Draft(f"key {contact}", TicketKind.CALL_BACK, "phone", contact)).number
        self.desk.called(number, "lan", "said", "Thứ Hai có thợ đến sửa cống")
        if closed:
            self.desk.close(number, "lan", Outcome.SOLVED)
        return number


@pytest.fixture
def office(tmp_path: Path, redis: Redis) -> Iterator[Office]:
    url = f"sqlite:///{tmp_path / 'motcua.db'}"
    migrate(url)
    database = Database(url)
    yield Office(database, redis)
    database.close()


def test_by_keys_the_answer_is_heard_and_rated(office: Office) -> None:
    number = office.answered()
    call = Call(office.line)
    call.starts()
    call.keys(f"{number}#")
    assert "Số phiếu vừa nhận" in call.hears
    call.keys("1")
    assert "đã được giải quyết xong" in call.hears
    assert "Thứ Hai có thợ đến sửa cống" in call.hears
    assert "soạn" not in call.hears
    call.keys("3")
    assert "Cảm ơn bà con đã cho điểm" in call.hears
    assert office.tickets.get(number).rating == 3


def test_where_a_code_is_asked_for_a_ticket_is_taken_too_and_a_code_goes_on(office: Office) -> None:
    number = office.answered(closed=False)
    call = Call(office.line)
    call.starts()
    call.keys("2")
    call.keys(number)
    assert "Số phiếu vừa nhận" in call.hears
    call.keys("2")
    # It was the beginning of a code: the digits are there still.
    assert "Xin bấm tiếp" in call.hears
    call.keys("*")
    call.keys(f"{number}#")
    call.keys("1")
    assert "vẫn đang làm tiếp" in call.hears
    assert "Thứ Hai có thợ đến sửa cống" in call.hears
    assert "thấy việc giải quyết thế nào" not in call.hears


@pytest.mark.parametrize("words", ["phiếu số {}", "hỏi phiếu {}"])
def test_said_in_words(office: Office, words: str) -> None:
    number = office.answered()
    call = Call(office.line)
    call.starts()
    call.says(words.format(" ".join(number)))
    assert "Số phiếu vừa nhận" in call.hears
    call.says("đúng")
    call.says("chưa được")
    assert "để riêng cho cán bộ xem lại" in call.hears
    assert office.tickets.get(number).rating == 1


def test_from_another_number_only_how_far_it_is_is_told(office: Office) -> None:
    number = office.answered()
    for caller in ("+84900000999", None):
        call = Call(office.line, caller=caller)
        call.starts()
        call.keys(f"{number}#")
        call.keys("1")
        assert "đã được giải quyết xong" in call.hears
        assert "thợ" not in call.hears
        call.keys("1")
    assert office.tickets.get(number).rating is None


def test_a_number_nobody_has_is_said_so(office: Office) -> None:
    call = Call(office.line)
    call.starts()
    call.keys(f"{number_for('nobody')}#")
    call.keys("1")
    assert "Không thấy phiếu" in call.hears
    assert "bấm phím không" in call.hears
