"""What whoever has a ticket's number is told: how far it is, what an officer answered, and whether it may be rated.

How far it is stands in a sentence without anything personal, so the number is enough. An officer's words may say more:
they are for whoever proves to be the one who left a number, by asking from it or by its last four digits; where no
number was left, the slip with the ticket's number is all the proof there is.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update

from contract.wording import Wording
from stores.database import Database
from stores.sealing import Seal
from tickets.desk import Deed, Desk
from tickets.numbers import is_number
from tickets.store import PERSON, NoSuchTicket, TicketStore
from tickets.tables import TicketEventRow, TicketRow
from tickets.telling import number_on, told_state
from tickets.ticket import Author, Rating, Ticket, TicketState

RATED_WITHIN: Final = timedelta(days=30)
"""After it was closed: who thinks of it later remembers something else."""
BARE_WITHIN: Final = timedelta(days=3)
"""After it was closed: so long a message of one digit is taken for the rating that was asked for."""


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody hears or reads of a ticket."""

    number: str
    state: str
    answer: str = ""
    """The officer's last words with who says so; empty where there are none, or whoever asks is not known for sure."""
    may_rate: bool = False
    needs_proof: bool = False
    """There is more for whoever knows the last four digits of the number that was left."""

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it, a sentence or more a line."""
        return tuple(line for line in (self.state, self.answer) if line)


@dataclass(frozen=True, slots=True)
class Proof:
    """Who asks, as far as it is known."""

    phone: str | None = None
    """E.164: asked from this number."""
    last4: str = ""
    """Of the number that was left."""


NOBODY: Final = Proof()


class AskedTickets:
    """Safe to share between threads and processes.

    Args:
        database: of the installation.
        seal: hashes numbers.
        tickets: of the installation.
        desk: has what officers wrote.
        wording: the room ``replies``.
        clock: the time, with zone.
    """

    def __init__(
        self,
        database: Database,
        seal: Seal,
        tickets: TicketStore,
        desk: Desk,
        wording: Callable[[], Wording],
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._seal = seal
        self._tickets = tickets
        self._desk = desk
        self._wording = wording
        self._clock = clock

    def tell(self, number: str, language: str, proof: Proof = NOBODY, channel: str | None = None) -> Told:
        """How far a ticket is; a number that is none, or nobody's, is told so.

        Args:
            number: eight digits.
            language: BCP 47 primary tag.
            proof: who asks.
            channel: on which it is told, where that needs other words.
        """
        wording, shown = self._wording(), number_on(channel, number)
        if not is_number(number):
            return Told(number, wording.text(language, "state_mistyped", channel, number=shown))
        try:
            ticket = self._tickets.get(number)
        except NoSuchTicket:
            return Told(number, wording.text(language, "state_unknown", channel, number=shown))
        state = told_state(ticket, self._clock(), wording, language, channel)
        if not self._is_theirs(number, ticket, proof):
            return Told(number, state, needs_proof=bool(ticket.draft.contact) and ticket.answered_at is not None)
        words = [line.words for line in self._desk.lines(number) if line.author is Author.OFFICER and line.words]
        answer = wording.text(language, "from_officer", channel, number=shown, words=words[-1]) if words else ""
        return Told(number, state, answer, self._may_rate(ticket))

    def rate(self, number: str, rating: Rating, proof: Proof = NOBODY) -> bool:
        """Keep how somebody liked what was done; a later rating takes the place of an earlier one.

        Returns:
            Whether it was kept: the ticket is theirs, and was closed not long ago.
        """
        try:
            ticket = self._tickets.get(number if is_number(number) else "")
        except NoSuchTicket:
            return False
        if not self._may_rate(ticket) or not self._is_theirs(number, ticket, proof):
            return False
        now = self._clock()
        with self._database.writing() as session:
            # Nothing else of the ticket changes, not even when it was changed last: it is the end that was rated.
            session.execute(
                update(TicketRow).where(TicketRow.number == number).values(rating=int(rating), rated_at=now)
            )
            session.add(TicketEventRow(number=number, at=now, officer="", what=f"{Deed.RATED}:{int(rating)}"))
        return True

    def thanks(
        self, number: str, rating: Rating, language: str, proof: Proof = NOBODY, channel: str | None = None
    ) -> str:
        """Keep a rating and answer it; what cannot be rated is said so."""
        wording = self._wording()
        if not self.rate(number, rating, proof):
            return wording.text(language, "rating_not_kept", channel)
        key = "rating_kept_bad" if rating is Rating.BAD else "rating_kept"
        return wording.text(language, key, channel, number=number_on(channel, number))

    def to_rate(self, phone: str) -> str | None:
        """The ticket a number was asked about lately and has not rated; None where there is none."""
        query = (
            select(TicketRow.number)
            .where(
                TicketRow.person == self._seal.hash(PERSON, phone),
                TicketRow.state == TicketState.DONE,
                TicketRow.rating.is_(None),
                TicketRow.changed_at > self._clock() - BARE_WITHIN,
            )
            .order_by(TicketRow.changed_at.desc())
            .limit(1)
        )
        with self._database.reading() as session:
            return session.scalar(query)

    def _may_rate(self, ticket: Ticket) -> bool:
        return ticket.state is TicketState.DONE and ticket.changed_at > self._clock() - RATED_WITHIN

    def _is_theirs(self, number: str, ticket: Ticket, proof: Proof) -> bool:
        person = self._person_of(number)
        if person is None:
            return True
        if proof.phone is not None and hmac.compare_digest(person, self._seal.hash(PERSON, proof.phone)):
            return True
        contact = ticket.draft.contact or ""
        return len(proof.last4) == 4 and len(contact) > 4 and hmac.compare_digest(contact[-4:], proof.last4)

    def _person_of(self, number: str) -> str | None:
        with self._database.reading() as session:
            return session.scalar(select(TicketRow.person).where(TicketRow.number == number))
