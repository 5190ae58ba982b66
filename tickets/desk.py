"""What officers do with tickets. One officer holds a ticket at a time; whoever else wants to act is told who it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from stores.database import Database
from stores.sealing import Seal, SealBroken
from tickets.exchange.case import Step
from tickets.store import NoSuchTicket
from tickets.tables import TicketEventRow, TicketLineRow, TicketRow
from tickets.ticket import Author, Line, Outcome, TicketState

LIVE_FOR: Final = timedelta(hours=2)
"""How long the assistant keeps still after the last line of an officer: a citizen must not be left without any answer
because somebody went home.
"""
LONGEST: Final = 1_000
"""Signs of one line."""


class Deed(StrEnum):
    """What stands in a ticket's history."""

    TAKEN = "taken"
    RELEASED = "open"
    ASSIGNED = "assigned"
    NOTED = "noted"
    ANSWERED = "answered"
    PASSED = "passed"
    DONE = "done"
    REOPENED = "reopened"
    LIVE = "live"
    HANDED_BACK = "handed_back"
    RATED = "rated"
    CAME_BACK = "came_back"
    """The agency it was passed to has answered."""


class HeldByAnother(Exception):
    """Another officer holds the ticket; nothing was changed."""

    def __init__(self, officer: str) -> None:
        super().__init__(officer)
        self.officer = officer


class NoWayBack(Exception):
    """The citizen left no number, or one that takes no text messages; nothing was changed."""


class Post(Protocol):
    """Sends a text to a citizen."""

    def add(self, session: Session, key: str, number: str, words: str) -> None:
        """Put it into the outbox within a transaction; the same key is the same message.

        Raises:
            ValueError: no text can be sent to this number.
        """
        ...

    def takes(self, number: str) -> bool:
        """Whether texts reach a number."""
        ...

    def number_of(self, session: Session, person: str) -> str | None:
        """The number somebody last wrote from, by its keyed hash; None once it is forgotten."""
        ...

    def call(self) -> None:
        """Say that something waits; after the transaction."""
        ...


class Desk:
    """Safe to share between threads and processes. Every method raises :class:`tickets.store.NoSuchTicket`, and those
    that change something :class:`HeldByAnother`.

    Args:
        database: its tables are made.
        seal: hides what was written.
        clock: the time, with zone.
        post: the citizens' own channel.
    """

    def __init__(self, database: Database, seal: Seal, clock: Callable[[], datetime], post: Post) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock
        self._post = post

    def claim(self, number: str, officer: str) -> None:
        """Hold a ticket, also one that was closed or passed on."""
        with self._database.writing() as session:
            self._hold(session, number, officer)

    def release(self, number: str, officer: str) -> None:
        """Let go of a ticket, so that anybody may take it."""
        with self._database.writing() as session:
            row = self._hold(session, number, officer)
            row.officer, row.state = None, TicketState.OPEN
            self._trace(session, number, officer, Deed.RELEASED)

    def assign(self, number: str, officer: str, to: str) -> None:
        """Give a ticket to a colleague, from whoever holds it: somebody may be ill."""
        with self._database.writing() as session:
            row = self._row(session, number)
            row.officer, row.state, row.changed_at = to, TicketState.TAKEN, self._clock()
            self._trace(session, number, officer, Deed.ASSIGNED, to)

    def note(self, number: str, officer: str, key: str, words: str) -> None:
        """Write something only officers see; it takes no holding."""
        with self._database.writing() as session:
            self._row(session, number).changed_at = self._clock()
            if self._write(session, number, key, Author.NOTE, officer, words):
                self._trace(session, number, officer, Deed.NOTED)

    def reply(self, number: str, officer: str, key: str, words: str, text: str, *, live: bool = False) -> None:
        """Answer the citizen by their own channel; the line and the message are kept together or not at all.

        Args:
            number: of the ticket.
            officer: who answers, and then holds it.
            key: the same for a form sent twice: it goes out once.
            words: as the officer wrote them.
            text: as the citizen reads them.
            live: the assistant keeps still from now on, so that the citizen's next message comes here.

        Raises:
            NoWayBack: the citizen cannot be reached by text.
        """
        with self._database.writing() as session:
            row = self._hold(session, number, officer)
            if not self._write(session, number, key, Author.OFFICER, officer, words):
                return
            self._send(session, row, f"ticket:{number}:{key}", text)
            row.answered_at = row.answered_at or self._clock()
            self._trace(session, number, officer, Deed.ANSWERED)
            if live or row.live_until is not None:
                if row.live_until is None:
                    self._trace(session, number, officer, Deed.LIVE)
                row.live_until = self._clock() + LIVE_FOR
        self._post.call()

    def called(self, number: str, officer: str, key: str, words: str) -> None:
        """The citizen was answered by telephone or at the counter: what was said is kept, nothing goes out."""
        with self._database.writing() as session:
            row = self._hold(session, number, officer)
            if self._write(session, number, key, Author.OFFICER, officer, words):
                row.answered_at = row.answered_at or self._clock()
                self._trace(session, number, officer, Deed.ANSWERED)

    def hand_back(self, number: str, officer: str, text: str) -> None:
        """Let the assistant answer again, and tell the citizen."""
        with self._database.writing() as session:
            row = self._hold(session, number, officer)
            if row.live_until is None:
                return
            # Which hand-over it ends: so often is the citizen told.
            self._send(session, row, f"ticket:{number}:back:{row.live_until.timestamp():.0f}", text)
            row.live_until = None
            self._trace(session, number, officer, Deed.HANDED_BACK)
        self._post.call()

    def pass_on(self, number: str, officer: str, agency: str, reason: str, text: str | None) -> None:
        """Give a ticket to another agency; see :meth:`pass_within`."""
        with self._database.writing() as session:
            self.pass_within(session, number, officer, agency, reason, text)
        self._post.call()

    def pass_within(
        self, session: Session, number: str, officer: str, agency: str, reason: str, text: str | None
    ) -> None:
        """Give a ticket to another agency, in a transaction; the citizen is told where there is a way.

        Args:
            agency: what it is called.
            reason: why; kept as a note.
            text: for the citizen; None: nothing is sent.

        Raises:
            NoWayBack: a text was given, and the citizen cannot be reached.
        """
        row = self._hold(session, number, officer)
        row.state, row.agency, row.live_until = TicketState.PASSED, agency, None
        self._write(session, number, f"passed:{self._clock().isoformat()}", Author.NOTE, officer, reason)
        self._trace(session, number, officer, Deed.PASSED, agency)
        if text is not None:
            self._send(session, row, f"ticket:{number}:passed:{self._clock().timestamp():.0f}", text)
            row.answered_at = row.answered_at or self._clock()

    def came_back(self, session: Session, ticket: str, key: str, agency: str, words: str, step: Step) -> None:
        """See :class:`tickets.exchange.book.Tickets`: what it said is a note, and anybody may take the ticket."""
        row = session.get(TicketRow, ticket, with_for_update=True)
        if row is None or not self._write(session, ticket, f"case:{key}", Author.NOTE, agency, words or step.value):
            return
        self._trace(session, ticket, agency, Deed.CAME_BACK, agency)
        if row.state == TicketState.PASSED:
            row.state, row.officer = TicketState.OPEN, None
        row.changed_at = self._clock()

    def close(self, number: str, officer: str, outcome: Outcome, text: str | None = None) -> None:
        """Finish a ticket.

        Args:
            text: a last word to the citizen; None: nothing is sent.

        Raises:
            NoWayBack: a text was given, and the citizen cannot be reached.
        """
        with self._database.writing() as session:
            row = self._hold(session, number, officer)
            row.state, row.outcome, row.live_until = TicketState.DONE, outcome.value, None
            # What was rated is another end of it.
            row.rating, row.rated_at = None, None
            self._trace(session, number, officer, Deed.DONE, outcome.value)
            if text is not None:
                self._send(session, row, f"ticket:{number}:done:{self._clock().timestamp():.0f}", text)
                row.answered_at = row.answered_at or self._clock()
        self._post.call()

    def reaches(self, number: str) -> bool:
        """Whether the citizen can be answered by text."""
        with self._database.reading() as session:
            row = session.get(TicketRow, number)
            if row is None:
                raise NoSuchTicket(number)
            found = self._number(session, row)
        return found is not None and self._post.takes(found)

    def lines(self, number: str) -> list[Line]:
        """What was written in a ticket, the oldest first."""
        query = select(TicketLineRow).where(TicketLineRow.number == number).order_by(TicketLineRow.id)
        with self._database.reading() as session:
            return [
                Line(row.at, Author(row.author), row.officer, self._opened(row.words)) for row in session.scalars(query)
            ]

    def hears(self, person: str, key: str, words: str) -> bool:
        """Take a citizen's message where an officer is writing with them.

        Args:
            person: keyed hash of the number (purpose :data:`tickets.store.PERSON`).
            key: of the message: taken twice, it is one line.
            words: as received.

        Returns:
            Whether an officer has it; then the assistant says nothing.
        """
        live = (TicketRow.person == person) & (TicketRow.live_until > self._clock())
        with self._database.reading() as session:
            number = session.scalar(select(TicketRow.number).where(live).order_by(TicketRow.live_until.desc()).limit(1))
        if number is None:
            return False
        with self._database.writing() as session:
            self._row(session, number).changed_at = self._clock()
            self._write(session, number, f"heard:{key}", Author.CITIZEN, "", words)
        return True

    def _hold(self, session: Session, number: str, officer: str) -> TicketRow:
        row = self._row(session, number)
        if row.officer not in {None, officer} and row.state != TicketState.DONE:
            raise HeldByAnother(str(row.officer))
        if row.officer is None or row.state != TicketState.TAKEN:
            self._trace(session, number, officer, Deed.REOPENED if row.state == TicketState.DONE else Deed.TAKEN)
            row.outcome = None
        row.officer, row.state, row.changed_at = officer, TicketState.TAKEN, self._clock()
        return row

    @staticmethod
    def _row(session: Session, number: str) -> TicketRow:
        # Locked where the database has row locks: two officers who claim at once come one after the other.
        row = session.get(TicketRow, number, with_for_update=True)
        if row is None:
            raise NoSuchTicket(number)
        return row

    def _send(self, session: Session, row: TicketRow, key: str, text: str) -> None:
        number = self._number(session, row)
        if number is None:
            raise NoWayBack
        try:
            self._post.add(session, key, number, text)
        except ValueError:
            raise NoWayBack from None

    def _number(self, session: Session, row: TicketRow) -> str | None:
        """Where the citizen is answered: the number left, or the one the report was sent from."""
        if row.contact:
            return self._opened(row.contact) or None
        return self._post.number_of(session, row.person) if row.person else None

    def _write(self, session: Session, number: str, key: str, author: Author, officer: str, words: str) -> bool:
        """Whether the line is new."""
        key = f"{number}:{key}"
        if session.scalar(select(TicketLineRow.id).where(TicketLineRow.key == key)) is not None:
            return False
        sealed = self._seal.close(words[:LONGEST])
        line = TicketLineRow(
            number=number, key=key, at=self._clock(), author=author.value, officer=officer, words=sealed
        )
        session.add(line)
        session.flush()
        return True

    def _opened(self, sealed: str) -> str:
        try:
            return self._seal.open(sealed)
        except SealBroken:
            return ""

    def _trace(self, session: Session, number: str, officer: str, deed: Deed, more: str = "") -> None:
        what = f"{deed.value}:{more}" if more else deed.value
        session.add(TicketEventRow(number=number, at=self._clock(), officer=officer, what=what))
