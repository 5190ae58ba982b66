"""Wishes about personal data that came in writing, as tickets: the inbox shows the law's clock beside every other.

The record is the audit log's (:mod:`stores.rights`); a ticket is how officers see and do it. What an officer does with
the ticket is noted there as proof.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Final

from runtime.clock import VIETNAM
from stores.audit import Deed
from stores.rights import NoSuchWish, Right, Wish, Wishes
from tickets.store import TicketStore
from tickets.ticket import Draft, Outcome, Ticket, TicketKind

CHANNEL: Final = "letter"
_KEY: Final = "right:"
_END_OF_DAY: Final = time(17, 0)
"""The law counts days; whoever works on the last one has until the office closes."""


class DataRights:
    """Safe to share between threads and processes.

    Args:
        tickets: the inbox.
        wishes: the record.
    """

    def __init__(self, tickets: TicketStore, wishes: Wishes) -> None:
        self._tickets = tickets
        self._wishes = wishes

    def begin(
        self, who: str, right: Right, letter: str, received: datetime, words: Callable[[Wish], str]
    ) -> tuple[Wish, Ticket]:
        """Write down what was asked for, and lay it into the inbox.

        Args:
            who: notes it.
            right: what is asked for.
            letter: its number in the letter book; no name.
            received: when it came.
            words: for officers, what is to be done by when.
        """
        wish = self._wishes.begin(who, right, letter, received)
        draft = Draft(
            key=f"{_KEY}{wish.number}",
            kind=TicketKind.DATA_RIGHT,
            channel=CHANNEL,
            words=words(wish),
            due_at=_until(wish.answer_by),
        )
        return wish, self._tickets.add(draft)

    def go_on(self, number: int, who: str, deed: Deed) -> Wish:
        """Write down that a wish was answered, put off or done; its ticket waits for what is due next.

        Raises:
            NoSuchWish: no wish has this number, or what is noted of it cannot be.
        """
        wish = self._wishes.go_on(number, who, deed)
        ticket = self._tickets.of_key(f"{_KEY}{number}")
        if ticket is not None:
            self._tickets.set_due(ticket.number, _until(wish.due) if wish.due is not None else None)
        return wish

    def worked_on(self, ticket: Ticket, officer: str) -> None:
        """An officer has done something with a ticket: note what it means for the wish.

        Closed as not ours or as a duplicate it counts as done, too: the person was told so.

        Args:
            ticket: as it is now.
            officer: who.
        """
        wish = self.of(ticket)
        if wish is None or wish.done_on is not None:
            return
        if ticket.outcome is not None and ticket.outcome is not Outcome.UNREACHED:
            self.go_on(wish.number, officer, Deed.RIGHT_DONE)
        elif ticket.answered_at is not None and wish.answered_on is None:
            self.go_on(wish.number, officer, Deed.RIGHT_ANSWERED)
        elif ticket.answered_at is not None and wish.due is not None:
            # A second answer does not end the wait either.
            self._tickets.set_due(ticket.number, _until(wish.due))

    def put_off(self, ticket: Ticket, officer: str) -> None:
        """The end is put off, which the decree allows once. Raises :class:`NoSuchWish`."""
        wish = self.of(ticket)
        if wish is None:
            raise NoSuchWish(ticket.number)
        self.go_on(wish.number, officer, Deed.RIGHT_EXTENDED)

    def of(self, ticket: Ticket) -> Wish | None:
        """The wish of a ticket; None where it is another kind."""
        key = ticket.draft.key
        if ticket.draft.kind is not TicketKind.DATA_RIGHT or not key.startswith(_KEY):
            return None
        number = int(key.removeprefix(_KEY))
        return next((wish for wish in self._wishes.all() if wish.number == number), None)


def _until(day: date) -> datetime:
    return datetime.combine(day, _END_OF_DAY, VIETNAM)
