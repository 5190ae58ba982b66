"""Tickets are kept once, sealed, and leave a trace when somebody opens them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from postgres_server import postgres_server, postgres_url  # noqa: F401 - fixtures
from sqlalchemy.orm import Session

from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal
from tickets.desk import Desk
from tickets.numbers import DIGITS, grouped, is_number, number_for
from tickets.store import NoSuchTicket, TicketStore, Wanted
from tickets.tables import TicketRow
from tickets.ticket import Draft, Outcome, TicketKind, TicketState

PHONE = "+84900000123"
START = datetime(2026, 11, 23, 8, 0, tzinfo=VIETNAM)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'tickets.db'}" if request.param == "sqlite" else ""
    database = Database(url or str(request.getfixturevalue("postgres_url")))
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def store(database: Database, clock: Clock) -> TicketStore:
    return TicketStore(database, Seal(b"a secret of the tests"), clock)


class Silent:
    """No way to anybody."""

    def add(self, session: Session, key: str, number: str, words: str) -> None:
        raise ValueError

    def takes(self, number: str) -> bool:
        return number.startswith("+849")

    def number_of(self, session: Session, person: str) -> str | None:
        return None

    def call(self) -> None:
        pass


def a_draft(key: str = "call-1") -> Draft:
    return Draft(key, TicketKind.CALL_BACK, "phone", PHONE, "nhờ cán bộ gọi lại", "xóm 3", "1.001193")


def test_a_ticket_is_kept_as_it_was_given(store: TicketStore) -> None:
    ticket = store.add(a_draft())
    found = store.open(ticket.number, "officer-7")
    assert (found.draft.contact, found.draft.words, found.draft.place) == (PHONE, "nhờ cán bộ gọi lại", "xóm 3")
    assert (found.state, found.created_at) == (TicketState.OPEN, START)


def test_the_same_key_gives_the_same_ticket(store: TicketStore) -> None:
    assert store.add(a_draft()).number == store.add(a_draft()).number
    assert len(store.find()) == 1


def test_the_same_key_from_many_threads_is_one_ticket(store: TicketStore) -> None:
    numbers: list[str] = []
    threads = [threading.Thread(target=lambda: numbers.append(store.add(a_draft()).number)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(numbers) == 8
    assert len(set(numbers)) == 1


def test_a_number_that_is_taken_is_given_to_nobody_else(store: TicketStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tickets.store.number_for", lambda key, attempt: number_for("the same for all", attempt))
    assert store.add(a_draft("a")).number != store.add(a_draft("b")).number


def test_what_was_asked_offline_keeps_its_time(store: TicketStore) -> None:
    asked = START - timedelta(days=3)
    draft = Draft("kiosk-1", TicketKind.REPORT, "kiosk", origin="k1", created_at=asked)
    assert store.add(draft).created_at == asked


def test_nothing_personal_can_be_read_in_the_table(store: TicketStore, database: Database) -> None:
    store.add(a_draft())
    with database.reading() as session:
        row = session.query(TicketRow).one()
        kept = " ".join(str(value) for value in vars(row).values())
    for personal in (PHONE, PHONE[3:], "gọi lại", "xóm"):
        assert personal not in kept


def test_a_number_nobody_has_is_an_error_by_name(store: TicketStore) -> None:
    for look in (lambda number: store.open(number, "officer-7"), store.get):
        with pytest.raises(NoSuchTicket):
            look(number_for("nobody"))


def test_somebody_who_asks_is_forgotten(store: TicketStore) -> None:
    store.add(a_draft("a"))
    kept = store.add(Draft("b", TicketKind.REPORT, "kiosk", words="đường hỏng"))
    assert store.count_of(PHONE) == 1
    assert store.erase(PHONE) == 1
    assert [ticket.number for ticket in store.find()] == [kept.number]


def test_done_tickets_are_forgotten_after_their_time(store: TicketStore, database: Database, clock: Clock) -> None:
    desk = Desk(database, Seal(b"a secret of the tests"), clock, Silent())
    done, open_one = store.add(a_draft("a")).number, store.add(a_draft("b")).number
    desk.note(done, "officer-7", "n", "đã gọi")
    desk.close(done, "officer-7", Outcome.SOLVED)
    clock.now += timedelta(days=31)
    assert store.forget_before(timedelta(days=30), timedelta(days=365)) == 1
    assert [ticket.number for ticket in store.find()] == [open_one]
    assert store.find(Wanted(states=(TicketState.DONE,))) == []
    assert desk.lines(done) == []


@given(st.text(min_size=1), st.integers(0, 5))
def test_every_number_can_be_checked_and_said(key: str, attempt: int) -> None:
    number = number_for(key, attempt)
    assert len(number) == DIGITS
    assert is_number(number)
    assert grouped(number).replace(" ", "") == number


@given(st.text(min_size=1), st.integers(0, DIGITS - 1), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(key: str, place: int, difference: int) -> None:
    number = number_for(key)
    wrong = str((int(number[place]) + difference) % 10)
    assert not is_number(number[:place] + wrong + number[place + 1 :])


@given(st.text(min_size=1), st.integers(0, DIGITS - 2))
def test_two_digits_in_the_wrong_order_are_noticed(key: str, place: int) -> None:
    number = number_for(key)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert (swapped == number) or not is_number(swapped)


@pytest.mark.parametrize("text", ["", "1234", "123456789", "１２３４５６７８", "1234567a"])
def test_other_signs_are_no_number(text: str) -> None:
    assert not is_number(text)


@pytest.mark.parametrize(
    "named", ["gọi số 0900.000-124 nhé", "số không chín không không không không không một hai bốn"]
)
def test_a_number_named_in_somebody_elses_report_goes_and_the_report_stays(store: TicketStore, named: str) -> None:
    ticket = store.add(Draft(key="report", kind=TicketKind.REPORT, channel="kiosk", words=f"đường hỏng, {named}"))
    assert store.erase("+84900000124") == 1
    words = store.open(ticket.number, "officer-7").draft.words
    assert "đường hỏng" in words
    assert "124" not in words
    assert "một hai bốn" not in words


def test_a_report_without_a_number_belongs_to_whoever_sent_it(store: TicketStore) -> None:
    person = Seal(b"a secret of the tests").hash("sms", PHONE)
    store.add(Draft(key="report", kind=TicketKind.REPORT, channel="sms", words="đường hỏng", person=person))
    assert store.count_of(PHONE) == 1
    assert store.erase(PHONE) == 1
    assert store.count() == 0


def test_tickets_are_found_by_what_is_known_of_them(store: TicketStore, clock: Clock) -> None:
    bridge = store.add(Draft("b", TicketKind.REPORT, "sms", PHONE, "Cầu xóm Đông hỏng", "xóm Đông"))
    clock.now += timedelta(minutes=1)
    call = store.add(Draft("c", TicketKind.CALL_BACK, "phone", "+84900000456", origin=""))
    clock.now += timedelta(minutes=1)
    lamp = store.add(Draft("l", TicketKind.REPORT, "kiosk", None, "đèn tắt", origin="Nhà văn hóa xóm 3"))
    every = {
        Wanted(words="cau xom dong"): [bridge],
        Wanted(words="NHÀ VĂN HÓA"): [lamp],
        Wanted(words="không có gì như vậy"): [],
        Wanted(phone=PHONE): [bridge],
        Wanted(number=call.number): [call],
        Wanted(kind=TicketKind.REPORT): [bridge, lamp],
        Wanted(channel="kiosk"): [lamp],
        Wanted(states=(TicketState.DONE,)): [],
        Wanted(): [bridge, call, lamp],
    }
    for wanted, found in every.items():
        numbers = [one.number for one in found]
        assert sorted(one.number for one in store.find(wanted)) == sorted(numbers)
        assert store.count(wanted) == len(numbers)


def test_a_promise_is_kept_with_the_ticket_and_counted_from_when_the_office_heard(
    database: Database, clock: Clock
) -> None:
    store = TicketStore(database, Seal(b"a secret of the tests"), clock, lambda kind, at: at + timedelta(hours=4))
    ticket = store.add(Draft("k", TicketKind.REPORT, "kiosk", created_at=START - timedelta(days=3)))
    assert ticket.due_at == START + timedelta(hours=4)
    assert store.find(Wanted(overdue=True)) == []
    clock.now += timedelta(hours=5)
    assert [one.number for one in store.find(Wanted(overdue=True))] == [ticket.number]
    assert store.get(ticket.number).is_overdue(clock.now)


def test_officers_are_told_that_something_changed(store: TicketStore) -> None:
    assert store.latest_change() == (None, 0)
    store.add(a_draft())
    assert store.latest_change() == (START, 1)


def test_a_ticket_whose_key_is_gone_says_so(database: Database, store: TicketStore, clock: Clock) -> None:
    number = store.add(a_draft()).number
    assert store.open(number, "officer-7").is_readable
    ticket = TicketStore(database, Seal(b"another secret of tests"), clock).open(number, "officer-7")
    assert not ticket.is_readable
    assert (ticket.draft.contact, ticket.draft.words) == (None, "")
