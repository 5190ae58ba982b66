"""Tickets in the database: added once, listed, opened with a trace, finished, forgotten."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from stores.database import Database
from stores.sealing import Seal, SealBroken
from tickets.named_numbers import names_number, without_number
from tickets.numbers import number_for
from tickets.tables import TicketEventRow, TicketRow
from tickets.ticket import OPENED, Draft, Ticket, TicketEvent, TicketKind, TicketState

Clock = Callable[[], datetime]

PERSON = "sms"
"""Purpose of the keyed hash: the same as for text messages, so that "delete my data" reaches tickets too."""


class NoSuchTicket(LookupError):
    """No ticket has this number."""


class TicketStore:
    """The tickets of one installation.

    Args:
        database: its tables are made (:meth:`Database.migrate`).
        seal: hides what could tell who asked.
        clock: the time now, with zone.
    """

    def __init__(self, database: Database, seal: Seal, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    def add(self, draft: Draft) -> Ticket:
        """Keep a ticket; the same key, in whatever process, gives the ticket kept first."""
        for attempt in range(20):
            with self._database.reading() as session:
                kept = session.scalar(select(TicketRow).where(TicketRow.key == draft.key))
                if kept is not None:
                    return self._read(kept)
            try:
                with self._database.writing() as session:
                    row = self._row(draft, number_for(draft.key, attempt))
                    session.add(row)
                return self._read(row)
            except IntegrityError:
                # Either another process added the same key just now, or the number belongs to another ticket.
                continue
        raise RuntimeError("no free ticket number was found")

    def find(
        self,
        *,
        states: Collection[TicketState] | None = None,
        limit: int = 50,
        offset: int = 0,
        newest_first: bool = False,
    ) -> list[Ticket]:
        """Tickets, the oldest first; what citizens said is in them: show it to officers only.

        Args:
            states: only these; None: all.
            limit: at most so many.
            offset: so many are left out at the beginning.
            newest_first: the other way round, by their last change.
        """
        order = (TicketRow.changed_at.desc(),) if newest_first else (TicketRow.created_at,)
        query = select(TicketRow).order_by(*order, TicketRow.number).limit(limit).offset(offset)
        with self._database.reading() as session:
            return [self._read(row) for row in session.scalars(_of(query, states))]

    def count(self, states: Collection[TicketState] | None = None) -> int:
        """How many tickets there are."""
        with self._database.reading() as session:
            return int(session.scalar(_of(select(func.count()).select_from(TicketRow), states)) or 0)

    def open(self, number: str, officer: str) -> Ticket:
        """One ticket for an officer to work on; leaves a trace of who looked.

        Raises:
            NoSuchTicket: no ticket has this number.
        """
        with self._database.writing() as session:
            row = _found(session, number)
            self._trace(session, number, officer, OPENED)
            return self._read(row)

    def move(self, number: str, state: TicketState, officer: str) -> Ticket:
        """Change how far a ticket is.

        Raises:
            NoSuchTicket: no ticket has this number.
        """
        with self._database.writing() as session:
            row = _found(session, number)
            row.state, row.changed_at = state, self._clock()
            self._trace(session, number, officer, state.value)
            session.flush()
            return self._read(row)

    def history(self, number: str) -> list[TicketEvent]:
        """Who looked at a ticket and what they did with it, the oldest first."""
        query = select(TicketEventRow).where(TicketEventRow.number == number).order_by(TicketEventRow.id)
        with self._database.reading() as session:
            return [TicketEvent(row.at, row.officer, row.what) for row in session.scalars(query)]

    def count_of(self, phone: str) -> int:
        """How many tickets a telephone number has."""
        with self._database.reading() as session:
            query = select(func.count()).where(TicketRow.person == self._seal.hash(PERSON, phone))
            return int(session.scalar(query) or 0)

    def erase(self, phone: str) -> int:
        """Erase every ticket of a telephone number, and the number where others' tickets name it; returns how many."""
        erased = self._delete(TicketRow.person == self._seal.hash(PERSON, phone))
        return erased + self._erase_named(phone)

    def _erase_named(self, phone: str) -> int:
        with self._database.reading() as session:
            rows = session.execute(select(TicketRow.number, TicketRow.words, TicketRow.place)).all()
        told = [(row.number, self._opened(row.words), self._opened(row.place)) for row in rows]
        named = [one for one in told if names_number(one[1], phone) or names_number(one[2], phone)]
        for number, words, place in named:
            # The report is somebody else's, who still wants it looked at; only what tells of persons goes.
            words, place = (without_number(text, phone) for text in (words, place))
            with self._database.writing() as session:
                session.execute(
                    update(TicketRow)
                    .where(TicketRow.number == number)
                    .values(words=self._seal.close(words), place=self._seal.close(place))
                )
        return len(named)

    def forget_done_before(self, age: timedelta) -> int:
        """Erase tickets that have been done for longer than ``age``; returns how many."""
        return self._delete((TicketRow.state == TicketState.DONE) & (TicketRow.changed_at < self._clock() - age))

    def _delete(self, condition: ColumnElement[bool]) -> int:
        with self._database.writing() as session:
            numbers = list(session.scalars(select(TicketRow.number).where(condition)))
            session.execute(delete(TicketEventRow).where(TicketEventRow.number.in_(numbers)))
            session.execute(delete(TicketRow).where(TicketRow.number.in_(numbers)))
            return len(numbers)

    def _row(self, draft: Draft, number: str) -> TicketRow:
        now = self._clock()
        return TicketRow(
            number=number,
            key=draft.key,
            kind=draft.kind,
            channel=draft.channel,
            origin=draft.origin,
            procedure=draft.procedure,
            person=self._seal.hash(PERSON, draft.contact) if draft.contact else draft.person,
            contact=self._seal.close(draft.contact) if draft.contact else None,
            words=self._seal.close(draft.words),
            place=self._seal.close(draft.place),
            state=TicketState.OPEN,
            created_at=draft.created_at or now,
            changed_at=now,
        )

    def _read(self, row: TicketRow) -> Ticket:
        draft = Draft(
            key=row.key,
            kind=TicketKind(row.kind),
            channel=row.channel,
            contact=self._opened(row.contact) if row.contact else None,
            words=self._opened(row.words),
            place=self._opened(row.place),
            procedure=row.procedure,
            origin=row.origin,
            created_at=row.created_at,
        )
        return Ticket(row.number, draft, TicketState(row.state), row.created_at, row.changed_at)

    def _opened(self, sealed: str) -> str:
        try:
            return self._seal.open(sealed)
        except SealBroken:
            # The secret was changed since: the ticket still counts, its words are lost.
            return ""

    def _trace(self, session: Session, number: str, officer: str, what: str) -> None:
        session.add(TicketEventRow(number=number, at=self._clock(), officer=officer, what=what))


def _of(query: Select[Any], states: Collection[TicketState] | None) -> Select[Any]:
    return query if states is None else query.where(TicketRow.state.in_(states))


def _found(session: Session, number: str) -> TicketRow:
    row = session.get(TicketRow, number)
    if row is None:
        raise NoSuchTicket(number)
    return row
