"""Messages of ours that are on their way: one of a case at a time, in order, for ever, ever more seldom."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from runtime.backoff import Backoff
from stores.database import Database
from stores.sealing import Seal
from tickets.exchange.case import Side
from tickets.exchange.messages import PaperType
from tickets.exchange.records import locked, opened, read_message
from tickets.exchange.tables import CaseRow, MessageRow, PaperRow, PartnerRow

RETRIES: Final = Backoff(first=10.0, longest=1_800.0, least=2.0)
"""Seconds; nothing is given up: an officer sees what waits, and why."""
LEASE: Final = timedelta(minutes=5)
"""For which one process has a message: its papers and itself take less."""


@dataclass(frozen=True, slots=True)
class WaitingPaper:
    """A paper that has to be there before its message."""

    sha256: str
    type: PaperType
    file: str
    key: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be handed over."""

    id: str
    case: str
    partner: str
    address: str
    body: bytes
    papers: tuple[WaitingPaper, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What has not been taken over there yet."""

    messages: int
    troubled: int
    """Of them those that were tried, and not taken."""
    oldest: datetime | None
    erasures: int
    """Erased cases of which the other side has not said so."""


class Outbox:
    """Safe to share between threads and processes.

    Args:
        database: its tables are made.
        seal: opens bodies.
        clock: the time.
        chance: from 0 to 1, so that many partners are not asked in the same second.
    """

    def __init__(
        self,
        database: Database,
        seal: Seal,
        clock: Callable[[], datetime],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock
        self._chance = chance

    def claim(self) -> Outgoing | None:
        """The next message that is due, for this process alone; None where there is none."""
        now = self._clock()
        first = (
            select(MessageRow.case_id, func.min(MessageRow.number).label("number"))
            .join(CaseRow, (CaseRow.id == MessageRow.case_id) & (CaseRow.side == MessageRow.side))
            .where(MessageRow.done_at.is_(None))
            .group_by(MessageRow.case_id)
            .subquery()
        )
        query = (
            select(MessageRow, PartnerRow.code, PartnerRow.url)
            .join(CaseRow, (CaseRow.id == MessageRow.case_id) & (CaseRow.side == MessageRow.side))
            .join(first, (first.c.case_id == MessageRow.case_id) & (first.c.number == MessageRow.number))
            .join(PartnerRow, PartnerRow.code == CaseRow.partner)
            .where(PartnerRow.is_on, PartnerRow.url != "", MessageRow.done_at.is_(None), MessageRow.next_at <= now)
            .order_by(MessageRow.next_at)
            .limit(5)
        )
        with self._database.reading() as session:
            found = [(row.id, row.next_at, code, address) for row, code, address in session.execute(query)]
        for id, next_at, code, address in found:
            with self._database.writing() as session:
                mine = (MessageRow.id == id) & (MessageRow.next_at == next_at) & MessageRow.done_at.is_(None)
                row = session.scalar(update(MessageRow).where(mine).values(next_at=now + LEASE).returning(MessageRow))
                if row is not None:
                    return self._outgoing(session, row, code, address)
        return None

    def of_case(self, case: str) -> list[tuple[str, bytes]]:
        """Every message of ours about a case that was not erased, with its id: for a package that goes by file."""
        query = (
            select(MessageRow)
            .join(CaseRow, (CaseRow.id == MessageRow.case_id) & (CaseRow.side == MessageRow.side))
            .where(MessageRow.case_id == case)
            .order_by(MessageRow.number)
        )
        with self._database.reading() as session:
            rows = [(row.id, opened(self._seal, row.body).encode()) for row in session.scalars(query)]
        return [(id, body) for id, body in rows if body]

    def paper_there(self, case: str, sha256: str) -> None:
        """A paper has reached the other side."""
        with self._database.writing() as session:
            mine = (PaperRow.case_id == case) & (PaperRow.sha256 == sha256)
            session.execute(update(PaperRow).where(mine).values(is_there=True))

    def taken(self, id: str) -> None:
        """The other side has taken a message."""
        with self._database.writing() as session:
            mine = (MessageRow.id == id) & MessageRow.done_at.is_(None)
            session.execute(update(MessageRow).where(mine).values(done_at=self._clock(), trouble=""))

    def later(self, id: str, trouble: str) -> None:
        """It was not taken; it is tried again.

        Args:
            trouble: a code, for the officer's page.
        """
        with self._database.writing() as session:
            row = session.get(MessageRow, id, with_for_update=True)
            if row is not None and row.done_at is None:
                row.tries += 1
                row.next_at = self._clock() + timedelta(seconds=RETRIES.pause(row.tries, self._chance()))
                row.trouble = trouble

    def now(self, case: str) -> None:
        """Try what waits of a case at once: an officer has mended what was wrong."""
        with self._database.writing() as session:
            mine = (MessageRow.case_id == case) & MessageRow.done_at.is_(None)
            session.execute(update(MessageRow).where(mine).values(next_at=self._clock()))

    def papers_missing(self, id: str, papers: Sequence[str]) -> None:
        """The other side lacks papers we thought it had: they go again."""
        with self._database.writing() as session:
            row = session.get(MessageRow, id)
            if row is not None:
                mine = (PaperRow.case_id == row.case_id) & PaperRow.sha256.in_(papers)
                session.execute(update(PaperRow).where(mine).values(is_there=False))

    def expects(self, id: str, number: int) -> None:
        """The other side awaits another number: one of us was restored from a backup, and has forgotten messages.

        Where it has forgotten, ours go again; where we have, ours go on behind those it knows.
        """
        with self._database.writing() as session:
            sent = session.get(MessageRow, id)
            case = locked(session, sent.case_id) if sent is not None else None
            if sent is None or case is None or sent.done_at is not None:
                return
            ours = (MessageRow.case_id == case.id) & (MessageRow.side == case.side)
            now = self._clock()
            if number < sent.number:
                # What was erased has nothing to send.
                again = ours & (MessageRow.number >= number) & (MessageRow.body != "")
                session.execute(update(MessageRow).where(again).values(done_at=None, next_at=now))
                lost = select(MessageRow.id).where(again)
                session.execute(update(PaperRow).where(PaperRow.message.in_(lost)).values(is_there=False))
                return
            ahead = number - sent.number
            waiting = select(MessageRow).where(ours, MessageRow.number >= sent.number)
            # From the last: no two may have one number in between.
            for row in session.scalars(waiting.order_by(MessageRow.number.desc())).all():
                message = read_message(row, self._seal)
                row.number += ahead
                if message is not None:
                    told = message.model_copy(update={"number": row.number})
                    row.body = self._seal.close(told.body().decode())
                row.next_at = now
                session.flush()
            case.last_out += ahead

    def waiting(self) -> Waiting:
        """Figures of what has not been taken yet."""
        ours = select(MessageRow).join(CaseRow, (CaseRow.id == MessageRow.case_id) & (CaseRow.side == MessageRow.side))
        open_ = ours.where(MessageRow.done_at.is_(None)).subquery()
        erased = (CaseRow.side == Side.SENDER) & CaseRow.erased_at.is_not(None) & CaseRow.erased_there_at.is_(None)
        with self._database.reading() as session:
            messages, oldest = session.execute(select(func.count(), func.min(open_.c.at))).one()
            troubled = session.scalar(select(func.count()).select_from(open_).where(open_.c.trouble != "")) or 0
            erasures = session.scalar(select(func.count()).select_from(CaseRow).where(erased)) or 0
        return Waiting(int(messages), int(troubled), oldest, int(erasures))

    def _outgoing(self, session: Session, row: MessageRow, partner: str, address: str) -> Outgoing:
        papers = session.scalars(
            select(PaperRow).where(PaperRow.message == row.id, PaperRow.is_there.is_(False)).order_by(PaperRow.sha256)
        )
        body = opened(self._seal, row.body)
        return Outgoing(
            id=row.id,
            case=row.case_id,
            partner=partner,
            address=address,
            body=body.encode(),
            papers=tuple(WaitingPaper(one.sha256, PaperType(one.type), one.file, one.key) for one in papers),
        )
