"""A wish about personal data is a ticket with the law's clocks; what officers do with it is noted as proof."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from runtime.clock import VIETNAM
from stores.audit import Audit, Deed
from stores.database import Database
from stores.rights import NoSuchWish, Right, Wishes
from stores.sealing import Seal
from tickets.data_rights import DataRights
from tickets.desk import Desk
from tickets.store import TicketStore, Wanted
from tickets.ticket import Outcome, TicketState

MONDAY = datetime(2026, 11, 9, 9, 0, tzinfo=VIETNAM)


class Silent:
    """Nothing is sent to whoever wrote a letter."""

    def call(self) -> None:
        return


class Place:
    """Inbox, record and desk of one installation, at a time that can be moved."""

    def __init__(self, folder: Path) -> None:
        self.now = MONDAY
        database, seal = Database(f"sqlite:///{folder / 'motcua.db'}"), Seal(b"a secret of the tests")
        database.migrate()
        self.database = database
        self.audit = Audit(database, seal, self.clock, folder / "checkpoints")
        self.tickets = TicketStore(database, seal, self.clock)
        self.desk = Desk(database, seal, self.clock, post=Silent())  # type: ignore[arg-type]
        self.rights = DataRights(self.tickets, Wishes(self.audit))

    def clock(self) -> datetime:
        return self.now

    def overdue(self) -> int:
        return self.tickets.count(Wanted(overdue=True))

    def work(self, number: str, *, close: Outcome | None = None) -> None:
        if close is None:
            self.desk.called(number, "lan", f"k{self.now}", "Đã trả lời bằng văn bản.")
        else:
            self.desk.close(number, "lan", close)
        self.rights.worked_on(self.tickets.get(number), "lan")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.database.close()


def test_the_inbox_shows_both_clocks_of_a_wish_and_the_log_when_it_was_done(place: Place) -> None:
    wish, ticket = place.rights.begin("hoa", Right.DELETE, "12/VP", MONDAY, lambda wish: f"xóa, {wish.letter}")
    assert ticket.due_at == datetime(2026, 11, 11, 17, 0, tzinfo=VIETNAM)
    assert "12/VP" in place.tickets.get(ticket.number).draft.words
    place.now = MONDAY + timedelta(days=3)
    assert place.overdue() == 1
    place.work(ticket.number)
    # Answered: it waits for what was asked, twenty days from the receipt; a second answer does not end that.
    place.now = MONDAY + timedelta(days=4)
    place.work(ticket.number)
    assert place.tickets.get(ticket.number).due_at == datetime(2026, 11, 29, 17, 0, tzinfo=VIETNAM)
    assert place.overdue() == 0
    place.now = MONDAY + timedelta(days=21)
    assert place.overdue() == 1
    place.rights.put_off(place.tickets.get(ticket.number), "lan")
    assert place.overdue() == 0
    with pytest.raises(NoSuchWish):
        place.rights.put_off(place.tickets.get(ticket.number), "lan")
    place.work(ticket.number, close=Outcome.SOLVED)
    done = place.rights.of(ticket)
    assert done is not None
    today = place.now.date()
    assert (done.number, done.answered_on, done.done_on) == (wish.number, today - timedelta(days=18), today)
    proof = place.audit.of(Deed.RIGHT_ASKED, Deed.RIGHT_ANSWERED, Deed.RIGHT_EXTENDED, Deed.RIGHT_DONE)
    assert [(entry.deed, entry.who) for entry in proof] == [
        (Deed.RIGHT_ASKED, "hoa"),
        (Deed.RIGHT_ANSWERED, "lan"),
        (Deed.RIGHT_EXTENDED, "lan"),
        (Deed.RIGHT_DONE, "lan"),
    ]


def test_somebody_who_was_not_reached_has_not_been_served(place: Place) -> None:
    _, ticket = place.rights.begin("hoa", Right.SEE, "13/VP", MONDAY, lambda _: "xem")
    place.work(ticket.number, close=Outcome.UNREACHED)
    wish = place.rights.of(ticket)
    assert wish is not None
    assert wish.done_on is None


def test_what_is_noted_as_done_at_the_command_line_is_done_in_the_inbox(place: Place) -> None:
    wish, ticket = place.rights.begin("hoa", Right.SEE, "14/VP", MONDAY, lambda _: "xem")
    place.rights.go_on(wish.number, "hoa", Deed.RIGHT_DONE)
    assert place.tickets.get(ticket.number).state is TicketState.DONE
