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

from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal
from tickets.numbers import DIGITS, grouped, is_number, number_for
from tickets.store import NoSuchTicket, TicketStore
from tickets.tables import TicketEventRow, TicketRow
from tickets.ticket import Draft, TicketKind, TicketState

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


def test_opening_and_finishing_leave_a_trace(store: TicketStore, database: Database) -> None:
    number = store.add(a_draft()).number
    store.open(number, "officer-7")
    assert store.move(number, TicketState.DONE, "officer-7").state is TicketState.DONE
    with database.reading() as session:
        events = session.query(TicketEventRow).order_by(TicketEventRow.id).all()
    assert [(event.officer, event.what) for event in events] == [("officer-7", "opened"), ("officer-7", "done")]


def test_a_number_nobody_has_is_an_error_by_name(store: TicketStore) -> None:
    with pytest.raises(NoSuchTicket):
        store.open(number_for("nobody"), "officer-7")
    with pytest.raises(NoSuchTicket):
        store.move(number_for("nobody"), TicketState.TAKEN, "officer-7")


def test_somebody_who_asks_is_forgotten(store: TicketStore) -> None:
    store.add(a_draft("a"))
    kept = store.add(Draft("b", TicketKind.REPORT, "kiosk", words="đường hỏng"))
    assert store.count_of(PHONE) == 1
    assert store.erase(PHONE) == 1
    assert [ticket.number for ticket in store.find()] == [kept.number]


def test_done_tickets_are_forgotten_after_their_time(store: TicketStore, clock: Clock) -> None:
    done, open_one = store.add(a_draft("a")).number, store.add(a_draft("b")).number
    store.move(done, TicketState.DONE, "officer-7")
    clock.now += timedelta(days=31)
    assert store.forget_done_before(timedelta(days=30)) == 1
    assert [ticket.number for ticket in store.find()] == [open_one]
    assert store.find(states=[TicketState.DONE]) == []


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
