"""The kept messages, looked at from the side: listed for operators, told and erased for citizens, erased when old.

Row ids, states, routes, times and causes stay for the figures; who wrote, to whom, and what was said goes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, Table, func, or_, select, update

from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.personal_records import Holding
from channels.sms.queue.content import ERASED, Content
from channels.sms.queue.states import OPEN_INCOMING, OPEN_OUTGOING, IncomingState, OutgoingState
from channels.sms.queue.tables import incoming, outgoing
from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal, SealBroken

BATCH = 1_000
"""Rows erased in one transaction, so that nobody waits long for it."""

ANSWERED_WITHIN = 60.0
"""Seconds within which the answer to the order to erase is written: it goes, too, once it has arrived."""


@dataclass(frozen=True, slots=True)
class IncomingRecord:
    """A citizen's message, without who and what."""

    id: int
    route: str
    state: IncomingState
    stored_at: datetime
    answered_at: datetime | None
    attempts: int
    cause: str


@dataclass(frozen=True, slots=True)
class OutgoingRecord:
    """A message to a citizen, without who and what."""

    reference: str
    answer_to: int | None
    kind: str
    route: str
    state: OutgoingState
    segments: int
    attempts: int
    maybe_twice: int
    code: str
    provider_id: str | None
    created_at: datetime
    next_try_at: datetime | None
    """None when it will not be tried again."""
    handed_at: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many people got what a route took, and how many did not."""

    reached: int
    missed: int


class MessageRecords:
    """Every method raises SQLAlchemy's errors when the database is away.

    Args:
        database: its tables are made.
        seal: opens texts for :meth:`text`.
        days: how long numbers and texts are kept.
        clock: seconds since 1970.
    """

    needs_proof = False

    def __init__(self, database: Database, seal: Seal, days: int, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._seal = seal
        self._days = days
        self._clock = clock

    def incoming(self, state: IncomingState | None = None, limit: int = 50) -> list[IncomingRecord]:
        """Citizens' messages, the newest first."""
        with self._database.reading() as session:
            rows = session.execute(_newest(incoming, state, limit)).all()
        return [_incoming(row) for row in rows]

    def outgoing(self, state: OutgoingState | None = None, limit: int = 50) -> list[OutgoingRecord]:
        """Messages to citizens, the newest first."""
        with self._database.reading() as session:
            rows = session.execute(_newest(outgoing, state, limit)).all()
        return [_outgoing(row) for row in rows]

    def find(self, name: str) -> IncomingRecord | OutgoingRecord | None:
        """One message: out by the beginning of its reference if only one begins so, in by its number."""
        if not name:
            return None
        with self._database.reading() as session:
            if name.isascii() and name.isdigit() and len(name) < 10:
                # The beginning of a reference may be all digits, too.
                row = session.execute(select(incoming).where(incoming.c.id == int(name))).one_or_none()
                if row is not None:
                    return _incoming(row)
            query = select(outgoing).where(outgoing.c.reference.startswith(name, autoescape=True)).limit(2)
            rows = session.execute(query).all()
        return _outgoing(rows[0]) if len(rows) == 1 else None

    def answers(self, id: int) -> list[OutgoingRecord]:
        """What was sent for a citizen's message."""
        with self._database.reading() as session:
            rows = session.execute(select(outgoing).where(outgoing.c.answer_to == id).order_by(outgoing.c.id)).all()
        return [_outgoing(row) for row in rows]

    def text(self, record: IncomingRecord | OutgoingRecord) -> str | None:
        """What a message says; None when it has been erased, or was sealed with another key."""
        query = (
            select(incoming.c.sealed).where(incoming.c.id == record.id)
            if isinstance(record, IncomingRecord)
            else select(outgoing.c.sealed).where(outgoing.c.reference == record.reference)
        )
        with self._database.reading() as session:
            sealed = session.scalar(query)
        try:
            return Content.opened(sealed, self._seal).text if sealed else None
        except SealBroken:
            return None

    def waiting(self) -> tuple[int, int]:
        """How many messages wait, in and out."""
        with self._database.reading() as session:
            count = select(func.count())
            inside = session.scalar(count.select_from(incoming).where(incoming.c.state == IncomingState.WAITING))
            outside = session.scalar(count.select_from(outgoing).where(outgoing.c.state == OutgoingState.WAITING))
        return inside or 0, outside or 0

    def outcomes(self, since: float) -> dict[str, Outcomes]:
        """What became, by their receipts, of messages made since a moment (seconds since 1970), by route."""
        # As an expression: by the column SQLite would group along its index, through every message there ever was.
        state = outgoing.c.state.concat("")
        query = (
            select(outgoing.c.route, state, func.count(outgoing.c.person.distinct()))
            .where(outgoing.c.created_at > since, outgoing.c.handed_at.is_not(None))
            .group_by(outgoing.c.route, state)
        )
        found: dict[str, dict[str, int]] = {}
        with self._database.reading() as session:
            for route, ended, people in session.execute(query):
                found.setdefault(route, {})[ended] = people
        return {
            route: Outcomes(states.get(OutgoingState.DELIVERED, 0), states.get(OutgoingState.FAILED, 0))
            for route, states in found.items()
        }

    def holding(self, citizen: Citizen) -> Holding:
        """How many messages of and to a citizen are kept, and until when."""
        with self._database.reading() as session:
            counted = [
                session.execute(
                    select(func.count(), func.max(at)).where(table.c.person == citizen.person, table.c.sealed != ERASED)
                ).one()
                for table, at in ((incoming, incoming.c.stored_at), (outgoing, outgoing.c.created_at))
            ]
        newest = max((latest for _, latest in counted if latest is not None), default=None)
        until = _day(newest) + timedelta(days=self._days) if newest is not None else None
        return Holding("messages", sum(number for number, _ in counted), until)

    def erase(self, citizen: Citizen) -> None:
        """Erase a citizen's messages, and drop what still waits to go out.

        What is being answered or handed over at this moment stays, as does the answer to it; both go when they are
        old, or when deletion is asked for again.
        """
        mine = outgoing.c.person == citizen.person
        with self._database.writing() as session:
            session.execute(
                update(outgoing)
                .where(mine, outgoing.c.state == OutgoingState.WAITING)
                .values(state=OutgoingState.CANCELLED, code="erased", sealed=ERASED, person="")
            )
            session.execute(
                update(outgoing).where(mine, outgoing.c.state != OutgoingState.SENDING).values(sealed=ERASED, person="")
            )
            session.execute(
                update(incoming)
                .where(incoming.c.person == citizen.person, incoming.c.state.not_in(OPEN_INCOMING))
                .values(sealed=ERASED, person="", twin=None)
            )

    def erase_settled(self, person: str, asked_at: float) -> int:
        """Go on with :meth:`erase` after it: erase what was on its way then and has arrived or been given up.

        Args:
            person: keyed hash of the number.
            asked_at: when erasing was asked for, in seconds since 1970; what came later stays.

        Returns:
            How many messages are still on their way.
        """
        mine = (outgoing.c.person == person) & (outgoing.c.created_at <= asked_at + ANSWERED_WITHIN)
        came = (incoming.c.person == person) & (incoming.c.stored_at <= asked_at)
        count = select(func.count())
        with self._database.writing() as session:
            session.execute(
                update(outgoing).where(mine, outgoing.c.state.not_in(OPEN_OUTGOING)).values(sealed=ERASED, person="")
            )
            session.execute(
                update(incoming)
                .where(came, incoming.c.state.not_in(OPEN_INCOMING))
                .values(sealed=ERASED, person="", twin=None)
            )
            left = [session.scalar(count.where(mine)) or 0, session.scalar(count.where(came)) or 0]
        return sum(left)

    def erase_before(self, moment: float) -> int:
        """Erase numbers and texts of messages stored before a moment (seconds since 1970), settled or not."""
        erased = 0
        for table, at, values in (
            (incoming, incoming.c.stored_at, {"sealed": ERASED, "person": "", "twin": None}),
            (outgoing, outgoing.c.created_at, {"sealed": ERASED, "person": ""}),
        ):
            old = select(table.c.id).where(at < moment, or_(table.c.sealed != ERASED, table.c.person != ""))
            while True:
                with self._database.writing() as session:
                    ids = list(session.scalars(old.limit(BATCH)))
                    self._end_open(session, table, ids)
                    session.execute(update(table).where(table.c.id.in_(ids)).values(values))
                erased += len(ids)
                if len(ids) < BATCH:
                    break
        return erased

    def _end_open(self, session: Any, table: Table, ids: list[int]) -> None:
        """What is still open at such an age has nobody to go to once its number is erased."""
        ended = IncomingState.FAILED if table is incoming else OutgoingState.EXPIRED
        # "waiting" is called alike in both tables.
        session.execute(
            update(table).where(table.c.id.in_(ids), table.c.state == OutgoingState.WAITING).values(state=ended)
        )


def _newest(table: Table, state: str | None, limit: int) -> Select[Any]:
    query = select(table).order_by(table.c.id.desc()).limit(limit)
    return query.where(table.c.state == state) if state is not None else query


def _incoming(row: Row[Any]) -> IncomingRecord:
    return IncomingRecord(
        id=row.id,
        route=row.route,
        state=IncomingState(row.state),
        stored_at=_moment(row.stored_at),
        answered_at=_moment_or_none(row.answered_at),
        attempts=row.attempts,
        cause=row.cause,
    )


def _outgoing(row: Row[Any]) -> OutgoingRecord:
    state = OutgoingState(row.state)
    return OutgoingRecord(
        reference=row.reference,
        answer_to=row.answer_to,
        kind=row.kind,
        route=row.route,
        state=state,
        segments=row.segments,
        attempts=row.attempts_in_all,
        maybe_twice=row.maybe_twice,
        code=row.code,
        provider_id=row.provider_id,
        created_at=_moment(row.created_at),
        next_try_at=_moment(row.next_try_at) if state is OutgoingState.WAITING else None,
        handed_at=_moment_or_none(row.handed_at),
        delivered_at=_moment_or_none(row.delivered_at),
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone(VIETNAM)


def _moment_or_none(seconds: float | None) -> datetime | None:
    return _moment(seconds) if seconds is not None else None


def _day(seconds: float) -> date:
    return _moment(seconds).date()
