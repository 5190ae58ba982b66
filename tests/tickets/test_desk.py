"""Officers hold, answer, pass on and close tickets; nothing goes out twice, and no two hold the same."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from postgres_server import postgres_server, postgres_url  # noqa: F401 - fixtures
from sqlalchemy.orm import Session

from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal
from tickets.desk import LIVE_FOR, Desk, HeldByAnother, NoWayBack
from tickets.numbers import number_for
from tickets.store import PERSON, NoSuchTicket, TicketStore
from tickets.ticket import Author, Draft, Outcome, TicketKind, TicketState

PHONE = "+84900000123"
START = datetime(2026, 11, 23, 8, 0, tzinfo=VIETNAM)
SEAL = Seal(b"a secret of the tests")
ME, OTHER = SEAL.hash(PERSON, PHONE), SEAL.hash(PERSON, "+84900000456")


class Office:
    """A store, a desk, and what went out."""

    def __init__(self, database: Database) -> None:
        self.now = START
        self.sent: dict[str, str] = {}
        self.broken = False
        self.store = TicketStore(database, SEAL, self.clock, lambda _kind, at: at + timedelta(hours=4))
        self.desk = Desk(database, SEAL, self.clock, self)

    def clock(self) -> datetime:
        return self.now

    def add(self, session: Session, key: str, number: str, words: str) -> None:
        if self.broken:
            raise ValueError("a landline")
        self.sent.setdefault(key, words)

    def takes(self, number: str) -> bool:
        return number.startswith("+849")

    def number_of(self, session: Session, person: str) -> str | None:
        return None

    def call(self) -> None:
        pass

    def ticket(self, key: str = "k", contact: str | None = PHONE) -> str:
        return self.store.add(Draft(key, TicketKind.REPORT, "sms", contact, "cầu hỏng")).number

    def trace(self, number: str) -> list[tuple[str, str]]:
        return [(event.officer, event.what) for event in self.store.history(number)]


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("desk") / "desk.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture
def office(tmp_path: Path, migrated: Path) -> Iterator[Office]:
    shutil.copy(migrated, tmp_path / "desk.db")
    database = Database(f"sqlite:///{tmp_path / 'desk.db'}")
    yield Office(database)
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    url = f"sqlite:///{tmp_path / 'desk.db'}" if request.param == "sqlite" else ""
    database = Database(url or str(request.getfixturevalue("postgres_url")))
    database.migrate()
    yield Office(database)
    database.close()


def test_of_many_officers_who_claim_at_once_one_holds_the_ticket(any_office: Office) -> None:
    number = any_office.ticket()
    outcomes: list[str] = []

    def claim(officer: str) -> None:
        try:
            any_office.desk.claim(number, officer)
            outcomes.append("held")
        except HeldByAnother:
            outcomes.append("told")

    threads = [threading.Thread(target=claim, args=(f"officer-{each}",)) for each in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["held", *["told"] * 5]
    assert len(any_office.trace(number)) == 1


def test_who_does_not_hold_a_ticket_changes_nothing_and_hears_who_does(office: Office) -> None:
    number, desk = office.ticket(), office.desk
    desk.claim(number, "lan")
    before = office.trace(number)
    for deed in (
        lambda: desk.claim(number, "hoa"),
        lambda: desk.release(number, "hoa"),
        lambda: desk.reply(number, "hoa", "a", "Chào", "Chào"),
        lambda: desk.called(number, "hoa", "a", "đã gọi"),
        lambda: desk.close(number, "hoa", Outcome.SOLVED),
        lambda: desk.pass_on(number, "hoa", "Công an xã", "việc của công an", None),
    ):
        with pytest.raises(HeldByAnother) as held:
            deed()
        assert held.value.officer == "lan"
    assert (office.trace(number), office.sent) == (before, {})
    # A note takes no holding, and a colleague may be ill.
    desk.note(number, "hoa", "n", "người này gọi lại hôm qua")
    desk.assign(number, "hoa", "hoa")
    desk.reply(number, "hoa", "a", "Chào", "Chào")
    assert list(office.sent.values()) == ["Chào"]


def test_a_reply_goes_out_once_however_often_its_form_is_sent(office: Office) -> None:
    number = office.ticket()
    for _ in range(3):
        office.desk.reply(number, "lan", "form-1", "Mai có thợ", "Phiếu 1: Mai có thợ")
    office.now += timedelta(hours=1)
    office.desk.reply(number, "lan", "form-2", "Xong rồi", "Phiếu 1: Xong rồi")
    assert list(office.sent.values()) == ["Phiếu 1: Mai có thợ", "Phiếu 1: Xong rồi"]
    assert [(line.author, line.words) for line in office.desk.lines(number)] == [
        (Author.OFFICER, "Mai có thợ"),
        (Author.OFFICER, "Xong rồi"),
    ]
    ticket = office.store.get(number)
    assert (ticket.officer, ticket.answered_at, ticket.first_answer_late) == ("lan", START, False)


def test_what_cannot_be_sent_is_not_kept_as_sent(office: Office) -> None:
    number = office.ticket()
    office.broken = True
    with pytest.raises(NoWayBack):
        office.desk.reply(number, "lan", "a", "Chào", "Chào")
    with pytest.raises(NoWayBack):
        office.desk.close(office.ticket("anonymous", None), "lan", Outcome.SOLVED, "Xong")
    ticket = office.store.get(number)
    assert (office.desk.lines(number), ticket.state, ticket.answered_at) == ([], TicketState.OPEN, None)
    office.desk.called(number, "lan", "a", "đã gọi điện")
    assert office.store.get(number).answered_at == START


def test_nothing_of_what_was_written_can_be_read_in_the_table(office: Office, tmp_path: Path) -> None:
    number = office.ticket()
    office.desk.note(number, "lan", "n", "một lời rất riêng")
    assert "lời rất riêng".encode() not in (tmp_path / "desk.db").read_bytes()
    assert office.desk.lines(number)[0].words == "một lời rất riêng"


def test_a_live_conversation_ends_when_it_is_handed_back_or_the_officer_is_silent(office: Office) -> None:
    number, desk = office.ticket(), office.desk
    assert not desk.hears(ME, "m0", "alo")
    desk.reply(number, "lan", "a", "Xóm nào ạ?", "Xóm nào ạ?", live=True)
    assert desk.hears(ME, "m1", "xóm 3")
    assert desk.hears(ME, "m1", "xóm 3")
    assert not desk.hears(OTHER, "m2", "lệ phí khai sinh")
    assert [(line.author, line.words) for line in desk.lines(number)] == [
        (Author.OFFICER, "Xóm nào ạ?"),
        (Author.CITIZEN, "xóm 3"),
    ]
    office.now += LIVE_FOR - timedelta(minutes=1)
    # Each word of the officer's makes it longer.
    desk.reply(number, "lan", "b", "Vâng", "Vâng")
    office.now += timedelta(minutes=30)
    assert desk.hears(ME, "m3", "cảm ơn")
    desk.hand_back(number, "lan", "Trợ lý tự động tiếp tục")
    desk.hand_back(number, "lan", "Trợ lý tự động tiếp tục")
    assert not desk.hears(ME, "m4", "lệ phí khai sinh")
    assert list(office.sent.values()).count("Trợ lý tự động tiếp tục") == 1
    desk.reply(number, "lan", "c", "Còn nữa", "Còn nữa", live=True)
    office.now += LIVE_FOR + timedelta(seconds=1)
    assert not desk.hears(ME, "m5", "lệ phí khai sinh")


@pytest.mark.parametrize("end", ["close", "pass_on"])
def test_what_ends_a_ticket_ends_its_live_conversation(office: Office, end: str) -> None:
    number = office.ticket()
    office.desk.reply(number, "lan", "a", "Chào", "Chào", live=True)
    if end == "close":
        office.desk.close(number, "lan", Outcome.SOLVED, "Xong")
    else:
        office.desk.pass_on(number, "lan", "Công an xã", "việc của công an", "Đã chuyển")
    assert not office.desk.hears(ME, "m", "alo")


def test_a_ticket_from_taken_to_closed_and_taken_up_again(office: Office) -> None:
    number, desk = office.ticket(), office.desk
    desk.claim(number, "lan")
    desk.claim(number, "lan")
    desk.pass_on(number, "lan", "Điện lực", "cột điện", "Đã chuyển đến Điện lực")
    assert (office.store.get(number).state, office.store.get(number).agency) == (TicketState.PASSED, "Điện lực")
    desk.close(number, "lan", Outcome.NOT_OURS)
    assert office.store.get(number).outcome is Outcome.NOT_OURS
    # Whoever is there takes it up again, not only the one who closed it.
    desk.claim(number, "hoa")
    again = office.store.get(number)
    assert (again.state, again.officer, again.outcome) == (TicketState.TAKEN, "hoa", None)
    desk.release(number, "hoa")
    assert (office.store.get(number).state, office.store.get(number).officer) == (TicketState.OPEN, None)
    deeds = [what for _, what in office.trace(number)]
    assert deeds == ["taken", "passed:Điện lực", "taken", "done:not_ours", "reopened", "open"]


def test_a_number_nobody_has_is_an_error_by_name(office: Office) -> None:
    with pytest.raises(NoSuchTicket):
        office.desk.claim(number_for("nobody"), "lan")


def test_whoever_asks_to_be_forgotten_takes_what_was_written_along(office: Office) -> None:
    number = office.ticket()
    office.desk.note(number, "lan", "n", "ghi chú")
    assert office.store.erase(PHONE) == 1
    assert office.desk.lines(number) == []
