"""Warnings in the database: drafted, given, written to everybody they are for, ended or cancelled, reported on.

Calls are in :mod:`channels.warnings.calls`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from channels.sms.campaigns.campaigns import NotPossible, Texts
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.outbox_statements import references_in, take_back
from channels.sms.queue.queued import NewMessage
from channels.sms.queue.states import OPEN_OUTGOING, OutgoingState
from channels.sms.queue.tables import outgoing
from channels.sms.routes.messages import Kind
from channels.warnings.register import WarningRegister, number_in
from channels.warnings.rules import WarningRules
from channels.warnings.tables import WarningRecipientRow, WarningRow
from runtime import logs
from stores.database import Database
from stores.sealing import Seal

_PIECE: Final = 500
"""Persons of one transaction: others write between two of them."""

_log = logs.get(__name__)


class State(StrEnum):
    """Of a warning."""

    DRAFT = "draft"
    GIVEN = "given"
    ENDED = "ended"
    """Its time is over."""
    CANCELLED = "cancelled"


class CallState(StrEnum):
    """Of the calls to somebody."""

    NONE = "none"
    """Nobody is called for this warning."""
    WAITING = "waiting"
    CALLING = "calling"
    CONFIRMED = "confirmed"
    GIVEN_UP = "given_up"
    REFUSED = "refused"
    """Wants no messages and calls any more."""
    STOPPED = "stopped"
    """The warning ended or was cancelled before."""


OPEN_CALLS: Final = (CallState.WAITING, CallState.CALLING)


@dataclass(frozen=True, slots=True)
class Given:
    """One warning, without those it is for."""

    id: int
    template: str
    values: Mapping[str, str]
    communes: tuple[str, ...]
    state: State
    by_call: bool
    made_by: str
    given_by: str
    made_at: datetime
    given_at: datetime | None
    ends_at: datetime


@dataclass(slots=True)
class Reach:
    """Whom a warning reached in one commune."""

    people: int = 0
    confirmed: int = 0
    """Pressed the key."""
    called: int = 0
    """Took a call, and pressed no key."""
    written: int = 0
    """Have the whole text message, and took no call."""
    underway: int = 0
    """Not reached yet; a message or a call is still to come."""
    unreached: int = 0
    """Nothing reached them, and nothing more is tried."""


@dataclass(frozen=True)
class Report:
    """Whom a warning reached, by commune."""

    communes: Mapping[str, Reach] = field(default_factory=dict)

    @property
    def whole(self) -> Reach:
        """All communes together."""
        reaches = list(self.communes.values())
        return Reach(*(sum(getattr(reach, name) for reach in reaches) for name in Reach.__slots__))


class Warnings:
    """Safe to share between threads and processes.

    Args:
        database: its tables are made.
        seal: hides numbers.
        outbox: sends.
        register: who lives where.
        texts: writes the messages.
        rules: how long a warning may hold.
        now: the clock.
    """

    def __init__(
        self,
        database: Database,
        seal: Seal,
        outbox: Outbox,
        register: WarningRegister,
        texts: Texts,
        rules: WarningRules,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._seal = seal
        self._outbox = outbox
        self._register = register
        self._texts = texts
        self._rules = rules
        self._now = now

    def draft(
        self,
        template: str,
        values: Mapping[str, str],
        communes: Sequence[str],
        ends_at: datetime,
        officer: str,
        *,
        by_call: bool,
    ) -> int:
        """Keep what is to be warned of; nobody is told yet.

        Raises:
            NotPossible: no commune, or it would hold for too long or not at all.
        """
        now = self._now()
        if not set(communes) & set(self._register.communes()):
            raise NotPossible("warning_nobody")
        if not now < ends_at <= now + self._rules.longest:
            raise NotPossible("warning_no_end")
        with self._database.writing() as session:
            row = WarningRow(
                template=template,
                marks=json.dumps(dict(values), ensure_ascii=False),
                communes=json.dumps(sorted(set(communes)), ensure_ascii=False),
                state=State.DRAFT,
                by_call=by_call,
                made_by=officer,
                given_by="",
                made_at=now,
                given_at=None,
                changed_at=now,
                ends_at=ends_at,
            )
            session.add(row)
            session.flush()
            return row.id

    def get(self, number: int) -> Given | None:
        """One warning."""
        with self._database.reading() as session:
            row = session.get(WarningRow, number)
            return read(row) if row is not None else None

    def newest(self, limit: int = 50) -> list[Given]:
        """The newest first."""
        with self._database.reading() as session:
            return [
                read(row) for row in session.scalars(select(WarningRow).order_by(WarningRow.id.desc()).limit(limit))
            ]

    def texts(self, number: int) -> tuple[str, ...]:
        """Its messages, as they are usually written."""
        one = self.get(number)
        return self._texts(one.template, one.values, None) if one is not None else ()

    def would_reach(self, number: int) -> int:
        """How many numbers a draft is for now."""
        one = self.get(number)
        with self._database.reading() as session:
            return len(self._register.of(session, one.communes)) if one is not None else 0

    def give(self, number: int, officer: str) -> int:
        """Warn everybody of its communes who asked for it; returns how many.

        Raises:
            NotPossible: it was given or cancelled already, its time is over, or nobody is there to be warned.
        """
        now = self._now()
        with self._database.writing() as session:
            row = _open(session, number, State.DRAFT)
            if row.ends_at <= now:
                raise NotPossible("warning_no_end")
            people = self._register.of(session, json.loads(row.communes))
            if not people:
                raise NotPossible("warning_nobody")
            session.add_all(
                WarningRecipientRow(
                    warning=number,
                    person=one.person,
                    commune=one.commune,
                    sealed=one.sealed,
                    queued_as="",
                    last_text="",
                    call_state=CallState.WAITING if row.by_call else CallState.NONE,
                    answered=False,
                    tries=0,
                    next_call_at=0.0,
                    call_owner="",
                    call_until=0.0,
                    last_outcome="",
                )
                for one in people
            )
            row.state, row.given_by, row.given_at, row.changed_at = State.GIVEN, officer, now, now
            return len(people)

    def cancel(self, number: int) -> None:
        """Take back what has not gone out, and call nobody any more.

        Raises:
            NotPossible: it is over.
        """
        with self._database.writing() as session:
            self._close(session, _open(session, number, State.DRAFT, State.GIVEN), State.CANCELLED)

    def cancel_all(self) -> int:
        """The emergency switch: take back everything that was given; returns how many."""
        with self._database.writing() as session:
            rows = list(session.scalars(select(WarningRow).where(WarningRow.state == State.GIVEN).with_for_update()))
            for row in rows:
                self._close(session, row, State.CANCELLED)
            return len(rows)

    def step(self) -> int:
        """End what is over, and queue the text messages of what was given; returns how many people were written to."""
        now = self._now()
        with self._database.reading() as session:
            given = select(WarningRow.id, WarningRow.ends_at).where(WarningRow.state == State.GIVEN)
            found = list(session.execute(given.order_by(WarningRow.id)).tuples())
        written = 0
        for number, ends_at in found:
            try:
                if ends_at <= now:
                    self._end(number)
                    continue
                while piece := self._write(number):
                    written += piece
            except SQLAlchemyError:
                raise
            except Exception:
                # Its sentence was taken out of the data, say: the others' people are warned all the same.
                _log.exception("a warning of danger cannot be written", warning=number)
        return written

    def report(self, number: int) -> Report:
        """Whom it reached, by commune."""
        one = WarningRecipientRow
        joined = (
            select(one.commune, one.call_state, one.answered, one.queued_as != "", outgoing.c.state, func.count())
            .join_from(one, outgoing, outgoing.c.reference == one.last_text, isouter=True)
            .where(one.warning == number)
            .group_by(one.commune, one.call_state, one.answered, one.queued_as != "", outgoing.c.state)
        )
        with self._database.reading() as session:
            row = session.get(WarningRow, number)
            rows = list(session.execute(joined).tuples())
        goes_on = row is not None and row.state == State.GIVEN
        found: dict[str, Reach] = {}
        for commune, call_state, answered, is_queued, text_state, count in rows:
            reach = found.setdefault(commune, Reach())
            reach.people += count
            text_open = text_state in (*OPEN_OUTGOING, OutgoingState.HANDED) or (goes_on and not is_queued)
            if call_state == CallState.CONFIRMED:
                reach.confirmed += count
            elif answered:
                reach.called += count
            elif text_state == OutgoingState.DELIVERED:
                reach.written += count
            elif text_open or call_state in OPEN_CALLS:
                reach.underway += count
            else:
                reach.unreached += count
        return Report(dict(sorted(found.items())))

    def reach(self) -> Reach:
        """Of everything that is given at present."""
        with self._database.reading() as session:
            given = list(session.scalars(select(WarningRow.id).where(WarningRow.state == State.GIVEN)))
        wholes = {str(number): self.report(number).whole for number in given}
        return Report(wholes).whole

    def forget_before(self, moment: datetime) -> int:
        """Erase warnings nobody has touched since; returns how many."""
        with self._database.writing() as session:
            old = select(WarningRow.id).where(WarningRow.changed_at < moment, WarningRow.state != State.GIVEN)
            numbers = list(session.scalars(old))
            session.execute(delete(WarningRecipientRow).where(WarningRecipientRow.warning.in_(numbers)))
            session.execute(delete(WarningRow).where(WarningRow.id.in_(numbers)))
            return len(numbers)

    def _end(self, number: int) -> None:
        with self._database.writing() as session:
            row = session.get(WarningRow, number, with_for_update=True)
            if row is not None and row.state == State.GIVEN:
                self._close(session, row, State.ENDED)

    def _write(self, number: int) -> int:
        """Queue the messages of some who have none yet."""
        with self._database.writing() as session:
            row = session.get(WarningRow, number, with_for_update=True)
            if row is None or row.state != State.GIVEN:
                return 0
            one = read(row)
            unwritten = select(WarningRecipientRow).where(
                WarningRecipientRow.warning == number, WarningRecipientRow.queued_as == ""
            )
            people = list(session.scalars(unwritten.limit(_PIECE)))
            told = [(each, self._messages(one, each)) for each in people]
            # All at once: a statement for each of them would hold the database for seconds.
            references = iter(self._outbox.add_within(session, [message for _, own in told for message in own]))
            for each, own in told:
                mine = [next(references) for _ in own]
                each.queued_as, each.last_text = (" ".join(mine), mine[-1]) if mine else (_UNREADABLE, "")
                if not mine:
                    # Sealed with a key that is gone: neither written to nor called.
                    each.call_state = CallState.GIVEN_UP
                if each.call_state not in OPEN_CALLS:
                    each.sealed = ""
            return len(people)

    def _messages(self, one: Given, each: WarningRecipientRow) -> list[NewMessage]:
        phone = number_in(each.sealed, self._seal)
        if phone is None:
            return []
        ends = one.ends_at.timestamp()
        return [
            NewMessage(
                f"warning:{one.id}:{each.person}:{page}", phone, text, Kind.WARNING, each.person, expires_at=ends
            )
            for page, text in enumerate(self._texts(one.template, one.values, each.person))
        ]

    def _close(self, session: Session, row: WarningRow, state: State) -> None:
        row.state, row.changed_at = state, self._now()
        mine = WarningRecipientRow.warning == row.id
        queued = select(WarningRecipientRow.queued_as).where(mine, WarningRecipientRow.queued_as != "")
        take_back(session, references_in(session, queued), self._now().timestamp())
        session.execute(
            update(WarningRecipientRow)
            .where(mine, WarningRecipientRow.call_state.in_(OPEN_CALLS))
            .values(call_state=CallState.STOPPED)
        )
        session.execute(update(WarningRecipientRow).where(mine).values(sealed=""))


_UNREADABLE: Final = "-"
"""Stands where no message could be queued."""


def read(row: WarningRow) -> Given:
    """A row as a value."""
    return Given(
        id=row.id,
        template=row.template,
        values=json.loads(row.marks),
        communes=tuple(json.loads(row.communes)),
        state=State(row.state),
        by_call=row.by_call,
        made_by=row.made_by,
        given_by=row.given_by,
        made_at=row.made_at,
        given_at=row.given_at,
        ends_at=row.ends_at,
    )


def _open(session: Session, number: int, *states: State) -> WarningRow:
    row = session.get(WarningRow, number, with_for_update=True)
    if row is None or row.state not in states:
        raise NotPossible("warning_not_now")
    return row
