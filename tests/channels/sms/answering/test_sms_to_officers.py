"""From a text message to a person: a call asked for, and the assistant's silence while an officer writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from channels_doubles import answer
from redis import Redis
from sms_answering_doubles import PHONE, Texting
from sqlalchemy.orm import Session

from channels.sms.answering.answered import Reason
from channels.sms.answering.to_officers import ToOfficers
from contract.reply import Reply, ReplyKind
from contract.wording import wording_of
from language import data
from runtime.settings import Settings
from stores.database import Database
from stores.sealing import Seal
from tickets.asked import AskedTickets
from tickets.desk import Desk
from tickets.numbers import number_for
from tickets.store import TicketStore, Wanted
from tickets.ticket import Author, Draft, Outcome, TicketKind, TicketState


class Post:
    """Takes everything and sends nothing."""

    def add(self, session: Session, key: str, number: str, words: str) -> None:
        pass

    def takes(self, number: str) -> bool:
        return number.startswith("+849")

    def number_of(self, session: Session, person: str) -> str | None:
        return None

    def call(self) -> None:
        pass


class WithOfficers:
    """A citizen who texts an installation where officers work."""

    def __init__(self, settings: Settings, database: Database, redis: Redis) -> None:
        seal = Seal(settings.secret())
        self.tickets = TicketStore(database, seal, self.now, lambda _kind, at: at + timedelta(hours=4))
        self.desk = Desk(database, seal, self.now, Post())
        asked = AskedTickets(
            database, seal, self.tickets, self.desk, lambda: wording_of(data.folder()).room("replies"), self.now
        )
        self.telephone = Texting(settings, database, redis, officers=ToOfficers(self.tickets, self.desk, asked))

    def now(self) -> datetime:
        return self.telephone.at


@pytest.fixture
def office(set_up: Callable[..., Settings], citizens_database: Database, redis: Redis) -> WithOfficers:
    return WithOfficers(set_up(), citizens_database, redis)


def test_who_asks_for_an_officer_is_told_how_to_be_called_and_nothing_is_done_yet(office: WithOfficers) -> None:
    at_the_desk = answer(Reply(kind=ReplyKind.ANSWER, short="Hãy đến trung tâm của xã."), intent="talk_to_officer")
    office.telephone.core.script = lambda _turn: at_the_desk
    told = office.telephone.says("cho toi gap can bo")
    assert "soan GOI LAI" in told[-1]
    assert office.tickets.count() == 0


@pytest.mark.parametrize(
    "order", ["GOI LAI", "goilai", "gọi lại cho tôi", "Soạn GOI LAI", "goi lai nhe", "call me back"]
)
def test_the_order_makes_one_ticket_with_a_promise(office: WithOfficers, order: str) -> None:
    (told,) = office.telephone.says(order)
    (ticket,) = office.tickets.find()
    assert (ticket.draft.kind, ticket.draft.contact, ticket.draft.channel) == (TicketKind.CALL_BACK, PHONE, "sms")
    assert f"{ticket.number[:4]} {ticket.number[4:]}" in told
    # 09:01 UTC is 16:01 in Vietnam.
    assert "truoc 20:01 ngay 23/11" in told
    assert office.telephone.core.turns == []


def test_asked_again_it_is_the_same_ticket_until_an_officer_has_closed_it(office: WithOfficers) -> None:
    first = office.telephone.send("GOI LAI", turn="a")
    assert office.telephone.send("GOI LAI", turn="a", after=0).texts == first.texts
    office.telephone.says("GOI LAI")
    assert office.tickets.count() == 1
    (late,) = office.telephone.says("GOI LAI", after=5 * 3600.0)
    assert "som nhat co the" in late


def test_the_ticket_hands_on_what_the_machine_tried(office: WithOfficers) -> None:
    office.telephone.says("lam khai sinh can gi")
    office.telephone.says("GOI LAI")
    (ticket,) = office.tickets.find()
    assert [step.said for step in ticket.draft.tried] == ["lam khai sinh can gi"]


def test_a_core_that_is_away_keeps_nobody_from_being_called(office: WithOfficers) -> None:
    office.telephone.core.is_down = True
    office.telephone.says("GOI LAI")
    (ticket,) = office.tickets.find()
    assert ticket.draft.tried == ()


def test_whoever_has_a_tickets_number_is_told_how_far_it_is_and_nothing_of_what_was_said(office: WithOfficers) -> None:
    ticket = office.tickets.add(Draft("a key", TicketKind.REPORT, "kiosk", words="cống tắc", place="đầu xóm"))
    written = f"{ticket.number[:4]} {ticket.number[4:]}"
    (told,) = office.telephone.says(f"PHIEU {written}")
    assert told.startswith(f"Phieu {written} dang cho can bo. Hen tra loi truoc 20:0")
    office.desk.claim(ticket.number, "an officer")
    (told,) = office.telephone.says(f"số phiếu {ticket.number} ạ")
    assert "dang co can bo xem" in told
    (told,) = office.telephone.says(f"xem phieu {written}", after=5 * 3600.0)
    assert "qua gio hen" in told
    office.desk.close(ticket.number, "an officer", Outcome.SOLVED)
    (told,) = office.telephone.says(f"Phiếu{ticket.number}")
    assert "giai quyet xong" in told
    assert "cong tac" not in told
    assert office.telephone.core.turns == []


def test_a_number_that_is_no_ticket_is_told_as_what_it_is(office: WithOfficers) -> None:
    number = number_for("nobody's")
    (unknown,) = office.telephone.says(f"PHIEU {number}")
    assert "Khong thay phieu" in unknown
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    (mistyped,) = office.telephone.says(f"PHIEU {wrong}")
    assert "chua dung" in mistyped
    assert office.telephone.core.turns == []


@pytest.mark.parametrize("text", ["phiếu", "số phiếu", "phiếu 123", "phiếu lý lịch tư pháp 20261122", "20261122"])
def test_what_names_no_ticket_goes_to_the_assistant(office: WithOfficers, text: str) -> None:
    office.telephone.says(text)
    assert office.telephone.core.texts == [text]


def test_while_an_officer_writes_the_assistant_keeps_still_and_the_officer_reads_everything(
    office: WithOfficers,
) -> None:
    office.telephone.says("GOI LAI")
    (ticket,) = office.tickets.find()
    office.desk.reply(ticket.number, "lan", "a", "Bà con hỏi việc gì?", "…", live=True)
    answered = office.telephone.send("le phi khai sinh bao nhieu", turn="t1")
    assert (answered.texts, answered.reason) == ((), Reason.OFFICER)
    office.telephone.send("le phi khai sinh bao nhieu", turn="t1", after=0)
    assert office.telephone.core.turns == []
    heard = [line.words for line in office.desk.lines(ticket.number) if line.author is Author.CITIZEN]
    assert heard == ["le phi khai sinh bao nhieu"]
    # A refusal of notices is the law's, and works all the same.
    assert office.telephone.says("TC") != []
    office.desk.hand_back(ticket.number, "lan", "…")
    assert office.telephone.says("le phi khai sinh bao nhieu") != []


def test_somebody_in_danger_is_answered_though_an_officer_writes(office: WithOfficers) -> None:
    office.telephone.says("GOI LAI")
    (ticket,) = office.tickets.find()
    office.desk.reply(ticket.number, "lan", "a", "Chào", "…", live=True)
    assert office.telephone.says("nha toi dang chay cuu voi") != []
    assert [line.author for line in office.desk.lines(ticket.number)] == [Author.OFFICER, Author.CITIZEN]


def closed(office: WithOfficers, *, words: str = "Mai có thợ đến") -> str:
    """A ticket of this telephone, answered and closed; its number."""
    office.telephone.says("GOI LAI")
    (ticket,) = office.tickets.find(Wanted(states=(TicketState.OPEN,)))
    office.desk.reply(ticket.number, "lan", f"key-{ticket.number}", words, "…")
    office.desk.close(ticket.number, "lan", Outcome.SOLVED)
    return ticket.number


@pytest.mark.parametrize(
    ("text", "rating"), [("3", 3), (" 1. ", 1), ("DIEM 2", 2), ("cho điểm 3 nhé", 3), ("danh gia 1", 1)]
)
def test_who_was_asked_rates_by_one_digit_or_the_order(office: WithOfficers, text: str, rating: int) -> None:
    number = closed(office)
    (told,) = office.telephone.says(text)
    assert f"{number[:4]} {number[4:]}" in told
    assert office.tickets.get(number).rating == rating
    assert [one.what for one in office.tickets.history(number)][-1] == f"rated:{rating}"
    assert office.telephone.core.turns == []


def test_a_digit_is_an_answer_to_the_question_that_was_asked_last(office: WithOfficers) -> None:
    number = closed(office)
    which = Reply(kind=ReplyKind.ASK_BACK, short="Bà con hỏi việc nào? 1. Khai sinh 2. Khai tử")
    office.telephone.core.script = lambda _turn: answer(which, intent="ask_procedure")
    office.telephone.says("khai")
    office.telephone.says("1")
    assert office.telephone.core.texts == ["khai", "1"]
    assert office.tickets.get(number).rating is None


def test_a_digit_of_somebody_nobody_asked_goes_to_the_assistant(office: WithOfficers) -> None:
    closed(office)
    office.telephone.says("3")
    office.telephone.says("3")
    assert office.telephone.core.texts == ["3"]
    late = closed(office)
    office.telephone.says("2", after=4 * 24 * 3600.0)
    assert office.telephone.core.texts == ["3", "2"]
    assert office.tickets.get(late).rating is None


def test_only_ones_own_tickets_are_rated_and_a_later_rating_counts(office: WithOfficers) -> None:
    strangers = office.tickets.add(Draft("s", TicketKind.CALL_BACK, "phone", "+84900000999")).number
    office.desk.reply(strangers, "lan", "s", "Chuyện riêng của người khác", "…")
    office.desk.close(strangers, "lan", Outcome.SOLVED)
    (refused,) = office.telephone.says(f"DIEM {strangers} 1")
    assert "Chua ghi duoc diem" in refused
    assert office.tickets.get(strangers).rating is None
    assert "rieng" not in "".join(office.telephone.says(f"PHIEU {strangers}"))
    mine = closed(office)
    office.telephone.says(f"DIEM {mine[:4]} {mine[4:]} 3")
    office.telephone.says(f"DIEM {mine} 1")
    assert office.tickets.get(mine).rating == 1
    assert "tho den" in "".join(office.telephone.says(f"PHIEU {mine}"))


def test_a_ticket_closed_once_more_is_asked_about_once_more(office: WithOfficers) -> None:
    number = closed(office)
    office.telephone.says("1")
    office.desk.claim(number, "lan")
    assert office.telephone.says(f"DIEM {number} 3")[0].startswith("Chua ghi duoc")
    office.desk.close(number, "lan", Outcome.SOLVED)
    assert office.tickets.get(number).rating is None
    office.telephone.says("3")
    assert office.tickets.get(number).rating == 3
