"""Tickets in the database: added once, listed, opened with a trace, finished, forgotten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contract.tried import as_text, read_tried
from language.characters import fold, lowered
from language.communes.naming import commune_at
from stores.apart import TICKET
from stores.copy_keys import CopyKeys
from stores.database import Database
from stores.sealing import Seal, SealBroken
from tickets.named_numbers import names_number, without_number
from tickets.numbers import number_for
from tickets.tables import ReportRow, TicketEventRow, TicketLineRow, TicketRow
from tickets.ticket import OPENED, Draft, Outcome, Rating, Ticket, TicketEvent, TicketKind, TicketState

Clock = Callable[[], datetime]

PERSON = "sms"
"""Purpose of the keyed hash: the same as for text messages, so that "delete my data" reaches tickets too."""


LOOKED_THROUGH = 1_000
"""Tickets whose words are looked through, the newest: each has to be unsealed, which takes 0.1 ms."""


class NoSuchTicket(LookupError):
    """No ticket has this number."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets are looked for; what is left out does not matter."""

    states: tuple[TicketState, ...] | None = None
    kind: TicketKind | None = None
    channel: str | None = None
    officer: str | None = None
    number: str | None = None
    phone: str | None = None
    """E.164."""
    words: str = ""
    """Somewhere in what was said, the place or the kiosk; diacritics do not matter."""
    overdue: bool = False
    rating: Rating | None = None
    commune: str | None = None
    """Its code."""


EVERY = Wanted()
WAITING = (TicketState.OPEN, TicketState.TAKEN)
"""States in which a first answer may be overdue."""

_WRITTEN = (
    (TicketRow.words, TicketRow.number),
    (TicketRow.place, TicketRow.number),
    (TicketLineRow.words, TicketLineRow.id),
    (ReportRow.description, ReportRow.number),
    (ReportRow.address, ReportRow.number),
)
"""Columns in which somebody may have named a number, and what tells their rows apart."""


class TicketStore:
    """The tickets of one installation.

    Args:
        database: its tables are made (:meth:`Database.migrate`).
        seal: hides what could tell who asked.
        clock: the time now, with zone.
        due: until when a first answer is promised, by kind and moment; nothing is promised without.
        recall: erases what other agencies have of tickets that a person has erased, in the same transaction.
        province: two digits, where communes that are named are looked for; empty: everywhere.
    """

    def __init__(
        self,
        database: Database,
        seal: Seal,
        clock: Clock,
        due: Callable[[TicketKind, datetime], datetime] | None = None,
        recall: Callable[[Session, list[str]], None] | None = None,
        province: str = "",
    ) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock
        self._due = due
        self._recall = recall
        self.province = province
        self._copies = CopyKeys(database, seal)

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

    def call_back(self, draft: Draft) -> Ticket:
        """Keep a wish to be called back; a number that waits for a call already has that ticket, not a second one."""
        return (self.open_call_back(draft.contact) if draft.contact else None) or self.add(draft)

    def find(
        self,
        wanted: Wanted = EVERY,
        *,
        limit: int = 50,
        offset: int = 0,
        newest_first: bool = False,
        with_words: bool = True,
    ) -> list[Ticket]:
        """Tickets, the oldest first; what citizens said is in them: show it to officers only.

        Args:
            wanted: only these.
            limit: at most so many.
            offset: so many are left out at the beginning.
            newest_first: the other way round, by their last change.
            with_words: False leaves sealed what a list does not show; it is empty then.
        """
        moment = TicketRow.changed_at if newest_first else TicketRow.created_at
        columns = (moment, TicketRow.number)
        order = [column.desc() if newest_first else column.asc() for column in columns]
        query = select(TicketRow).where(*self._conditions(wanted)).order_by(*order)
        if wanted.words:
            return self._with_words(query, wanted.words)[offset : offset + limit]
        states = _states(wanted)
        if states is None:
            query = query.limit(limit).offset(offset)
        elif len(states) == 1:
            # What is skipped far back in a list is skipped in the index, without reading its tickets.
            numbers = select(TicketRow.number).where(*self._conditions(wanted)).order_by(*order)
            query = select(TicketRow).where(TicketRow.number.in_(numbers.limit(limit).offset(offset))).order_by(*order)
        else:
            # Of several states together SQLite would sort all of their tickets; of each alone its index has the order.
            each = (
                select(*columns)
                .where(*self._conditions(replace(wanted, states=(state,))))
                .order_by(*order)
                .limit(offset + limit)
                .subquery()
                for state in states
            )
            merged = union_all(*map(select, each)).subquery()
            ordered = [column.desc() if newest_first else column.asc() for column in merged.c]
            numbers = select(merged.c.number).order_by(*ordered).limit(limit).offset(offset)
            query = select(TicketRow).where(TicketRow.number.in_(numbers)).order_by(*order)
        with self._database.reading() as session:
            return [self._read(row, with_words=with_words) for row in session.scalars(query)]

    def count(self, wanted: Wanted = EVERY) -> int:
        """How many tickets there are."""
        if wanted.words:
            return len(self._with_words(select(TicketRow).where(*self._conditions(wanted)), wanted.words))
        query = select(func.count()).select_from(TicketRow).where(*self._conditions(wanted))
        with self._database.reading() as session:
            return int(session.scalar(query) or 0)

    def counts(self, wanted: Mapping[str, Wanted]) -> dict[str, int]:
        """How many tickets each of several lists has, by its name; all asked for at once. None may look for words."""
        if not wanted:
            return {}
        columns = [
            select(func.count()).select_from(TicketRow).where(*self._conditions(one)).scalar_subquery()
            for one in wanted.values()
        ]
        with self._database.reading() as session:
            found = session.execute(select(*columns)).one()
        return dict(zip(wanted, found, strict=True))

    def latest_change(self) -> tuple[datetime | None, int]:
        """When a ticket was changed last, and how many are new: differs when officers should look again."""
        with self._database.reading() as session:
            changed = session.scalar(select(TicketRow.changed_at).order_by(TicketRow.changed_at.desc()).limit(1))
        return changed, self.count(Wanted(states=(TicketState.OPEN,)))

    def _with_words(self, query: Select[Any], words: str) -> list[Ticket]:
        """Words are sealed, so the newest tickets are opened one by one; further back nothing is looked through."""
        sought = plain_words(words)
        with self._database.reading() as session:
            rows = session.scalars(query.order_by(None).order_by(TicketRow.created_at.desc()).limit(LOOKED_THROUGH))
            tickets = [self._read(row) for row in rows]
        drafts = ((one, one.draft) for one in tickets)
        return [one for one, draft in drafts if sought in plain_words(f"{draft.words} {draft.place} {draft.origin}")]

    def _conditions(self, wanted: Wanted) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if (states := _states(wanted)) is not None:
            conditions.append(TicketRow.state.in_(states))
        for column, value in (
            (TicketRow.kind, wanted.kind),
            (TicketRow.channel, wanted.channel),
            (TicketRow.officer, wanted.officer),
            (TicketRow.number, wanted.number),
            (TicketRow.person, self._seal.hash(PERSON, wanted.phone) if wanted.phone else None),
            (TicketRow.rating, wanted.rating),
            (TicketRow.commune, wanted.commune),
        ):
            if value:
                conditions.append(column == value)
        if wanted.overdue:
            conditions += [TicketRow.answered_at.is_(None), TicketRow.due_at < self._clock()]
        return conditions

    def open(self, number: str, officer: str) -> Ticket:
        """One ticket for an officer to work on; leaves a trace of who looked.

        Raises:
            NoSuchTicket: no ticket has this number.
        """
        with self._database.writing() as session:
            row = _found(session, number)
            self._trace(session, number, officer, OPENED)
            return self._read(row)

    def get(self, number: str) -> Ticket:
        """One ticket, without a trace: for what shows nothing of what was said.

        Raises:
            NoSuchTicket: no ticket has this number.
        """
        with self._database.reading() as session:
            return self._read(_found(session, number))

    def of_key(self, key: str) -> Ticket | None:
        """The ticket with an idempotency key; None where there is none any more."""
        with self._database.reading() as session:
            row = session.scalar(select(TicketRow).where(TicketRow.key == key))
        return self._read(row) if row is not None else None

    def set_due(self, number: str, due: datetime | None) -> None:
        """A law's next clock begins: the ticket waits again until then. None: nothing is due any more, it is done."""
        with self._database.writing() as session:
            row = _found(session, number)
            row.changed_at = self._clock()
            if due is not None:
                row.due_at, row.answered_at = due, None
            elif row.state != TicketState.DONE:
                row.state, row.outcome = TicketState.DONE, Outcome.SOLVED

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
        erased = self._delete(TicketRow.person == self._seal.hash(PERSON, phone), asked=True)
        return erased + self._erase_named(phone)

    def erase_of(self, person: str, until: datetime) -> int:
        """Erase the tickets of a number, by its keyed hash, that were made until a moment; returns how many."""
        return self._delete((TicketRow.person == person) & (TicketRow.created_at <= until), asked=True)

    def _erase_named(self, phone: str) -> int:
        """Take a number out of others' tickets, who still want them looked at; returns of how many."""
        named: dict[str, int] = {}
        for column, key in _WRITTEN:
            with self._database.reading() as session:
                rows = session.execute(select(key, column)).all()
            for id, sealed in rows:
                told = self._opened(sealed) or ""
                if not names_number(told, phone):
                    continue
                with self._database.writing() as session:
                    closed = self._seal.close(without_number(told, phone))
                    table = column.class_
                    session.execute(update(table).where(key == id, column == sealed).values({column.key: closed}))
                    number = str(session.scalar(select(table.number).where(key == id)))
                    # What backups hold of this ticket names the number still.
                    self._copies.destroy_within(session, TICKET, number)
                named[number] = 1
        return len(named)

    def forget_before(self, done: timedelta, untouched: timedelta) -> int:
        """Erase tickets that are over; returns how many.

        Args:
            done: age since they were finished.
            untouched: age since anybody has done anything with them: nobody waits for them any more.
        """
        now = self._clock()
        is_done = (TicketRow.state == TicketState.DONE) & (TicketRow.changed_at < now - done)
        return self._delete(is_done | (TicketRow.changed_at < now - untouched))

    def _delete(self, condition: ColumnElement[bool], *, asked: bool = False) -> int:
        with self._database.writing() as session:
            numbers = list(session.scalars(select(TicketRow.number).where(condition)))
            if asked and self._recall is not None:
                self._recall(session, numbers)
            for below in (TicketEventRow, TicketLineRow):
                session.execute(delete(below).where(below.number.in_(numbers)))
            session.execute(delete(TicketRow).where(TicketRow.number.in_(numbers)))
            for number in numbers:
                self._copies.destroy_within(session, TICKET, number)
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
            tried=self._seal.close(as_text(draft.tried)) if draft.tried else None,
            state=TicketState.OPEN,
            created_at=draft.created_at or now,
            changed_at=now,
            language=draft.language,
            # A kiosk may have been offline for days: the office's time begins when it hears of it.
            due_at=draft.due_at or (self._due(draft.kind, now) if self._due is not None else None),
            # Where the words name a commune they win: a box tells only where it stands.
            commune=commune_at(draft.place, self.province, draft.position, draft.words) or draft.commune,
        )

    def _read(self, row: TicketRow, *, with_words: bool = True) -> Ticket:
        sealed = (row.contact, row.words, row.place) if with_words else (None, None, None)
        contact, words, place = (None if value is None else self._opened(value) for value in sealed)
        draft = Draft(
            key=row.key,
            kind=TicketKind(row.kind),
            channel=row.channel,
            contact=contact,
            words=words or "",
            place=place or "",
            procedure=row.procedure,
            origin=row.origin,
            created_at=row.created_at,
            language=row.language,
            tried=read_tried(self._opened(row.tried) or "") if with_words and row.tried else (),
            commune=row.commune,
        )
        return Ticket(
            number=row.number,
            draft=draft,
            state=TicketState(row.state),
            created_at=row.created_at,
            changed_at=row.changed_at,
            officer=row.officer,
            due_at=row.due_at,
            answered_at=row.answered_at,
            agency=row.agency,
            outcome=Outcome(row.outcome) if row.outcome else None,
            live_until=row.live_until,
            rating=Rating(row.rating) if row.rating is not None else None,
            is_readable=all(
                (value is None) == (found is None) for value, found in zip(sealed, (contact, words, place), strict=True)
            ),
        )

    def open_call_back(self, phone: str) -> Ticket | None:
        """The call a telephone number waits for; None when it waits for none."""
        mine = TicketRow.person == self._seal.hash(PERSON, phone)
        waiting = (TicketRow.kind == TicketKind.CALL_BACK) & (TicketRow.state != TicketState.DONE)
        with self._database.reading() as session:
            row = session.scalar(select(TicketRow).where(mine, waiting).order_by(TicketRow.created_at.desc()).limit(1))
        return self._read(row) if row is not None else None

    def _opened(self, sealed: str) -> str | None:
        try:
            return self._seal.open(sealed)
        except SealBroken:
            # Restored without its key: the ticket still counts, and whoever opens it is told.
            return None

    def _trace(self, session: Session, number: str, officer: str, what: str) -> None:
        session.add(TicketEventRow(number=number, at=self._clock(), officer=officer, what=what))


def plain_words(text: str) -> str:
    """Words for comparing: lower case, no diacritics, one space between."""
    return " ".join(fold(lowered(text)).split())


def _states(wanted: Wanted) -> tuple[TicketState, ...] | None:
    """The states that are looked for; None: all."""
    if not wanted.overdue:
        return wanted.states
    return WAITING if wanted.states is None else tuple(state for state in wanted.states if state in WAITING)


def _found(session: Session, number: str) -> TicketRow:
    row = session.get(TicketRow, number)
    if row is None:
        raise NoSuchTicket(number)
    return row
