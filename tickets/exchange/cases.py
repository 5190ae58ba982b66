"""Exchanged cases, read: lists, one case, what was said about it, its papers."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from stores.audit import Audit, Deed
from stores.database import Database
from stores.sealing import Seal
from tickets.exchange.case import Side, Standing
from tickets.exchange.messages import Kind
from tickets.exchange.papers import PaperFiles
from tickets.exchange.records import (
    Case,
    Event,
    KeptPaper,
    read_case,
    read_event,
    read_message,
    read_paper,
    read_standing,
)
from tickets.exchange.tables import CaseRow, MessageRow, PaperRow


class NoSuchCase(LookupError):
    """There is no such case."""


class Cases:
    """What there is to read; safe to share between threads and processes.

    Args:
        database: its tables are made.
        seal: opens what cases say.
        files: where papers lie.
        audit: where looks are noted.
    """

    def __init__(self, database: Database, seal: Seal, files: PaperFiles, audit: Audit) -> None:
        self._database = database
        self._seal = seal
        self._audit = audit
        self.files = files

    def case(self, id: str) -> Case:
        """One case.

        Raises:
            NoSuchCase: there is none.
        """
        with self._database.reading() as session:
            row = session.get(CaseRow, id)
            if row is None:
                raise NoSuchCase(id)
            return read_case(row, self._seal)

    def look(self, id: str, officer: str) -> Case:
        """One case for an officer; each look is noted.

        Raises:
            NoSuchCase: there is none.
        """
        found = self.case(id)
        self._audit.note(Deed.LOOKED, officer, f"exchanged case {id}")
        return found

    def of_ticket(self, ticket: str) -> list[Case]:
        """The cases made from a ticket, the newest first."""
        query = select(CaseRow).where(CaseRow.ticket == ticket).order_by(CaseRow.made_at.desc())
        with self._database.reading() as session:
            return [read_case(row, self._seal) for row in session.scalars(query)]

    def cases(
        self, *, side: Side | None = None, open_only: bool = True, limit: int = 50, offset: int = 0
    ) -> list[Case]:
        """Cases; those changed last first."""
        query = select(CaseRow).order_by(CaseRow.changed_at.desc(), CaseRow.id).limit(limit).offset(offset)
        if side is not None:
            query = query.where(CaseRow.side == side)
        query = query.where(CaseRow.ended_at.is_(None) if open_only else CaseRow.ended_at.is_not(None))
        with self._database.reading() as session:
            return [read_case(row, self._seal) for row in session.scalars(query)]

    def count(self, *, side: Side | None = None, open_only: bool = True) -> int:
        """How many there are."""
        query = select(func.count()).select_from(CaseRow)
        if side is not None:
            query = query.where(CaseRow.side == side)
        query = query.where(CaseRow.ended_at.is_(None) if open_only else CaseRow.ended_at.is_not(None))
        with self._database.reading() as session:
            return int(session.scalar(query) or 0)

    def standings(self) -> list[tuple[Side, Standing]]:
        """How each case stands that is not over, without what it is about."""
        with self._database.reading() as session:
            rows = session.scalars(select(CaseRow).where(CaseRow.ended_at.is_(None)))
            return [(Side(row.side), read_standing(row)) for row in rows]

    def last_messages(self, id: str) -> tuple[int, str]:
        """The number of the last message of theirs that was taken, and the id of ours.

        Raises:
            NoSuchCase: there is none.
        """
        with self._database.reading() as session:
            row = session.get(CaseRow, id)
            if row is None:
                raise NoSuchCase(id)
            return row.last_in, self._last_of(session, id, row.side)

    def document_of(self, id: str) -> str:
        """The number of the document a case came with; empty where it had none."""
        first = (MessageRow.case_id == id) & (MessageRow.kind == Kind.SENT)
        with self._database.reading() as session:
            row = session.scalar(select(MessageRow).where(first))
            message = read_message(row, self._seal) if row is not None else None
        return (message.document or "") if message is not None else ""

    def events(self, id: str) -> list[Event]:
        """What both sides said about a case, the oldest first."""
        query = select(MessageRow).where(MessageRow.case_id == id)
        with self._database.reading() as session:
            found = [read_event(row, self._seal) for row in session.scalars(query)]
        # Of one moment, what was sent comes before its receipt.
        return sorted(found, key=lambda one: (one.at, one.kind is not Kind.SENT, one.number))

    def papers(self, id: str) -> list[KeptPaper]:
        """The papers of a case whose message has come."""
        query = select(PaperRow).where(PaperRow.case_id == id, PaperRow.message != "").order_by(PaperRow.at)
        with self._database.reading() as session:
            return [read_paper(row, self._seal) for row in session.scalars(query)]

    def content(self, paper: KeptPaper) -> bytes:
        """Of a paper. Raises ``OSError`` or ``SealBroken`` where the file is not there, or was changed."""
        return self.files.read(paper.file, paper.key)

    @staticmethod
    def _last_of(session: Session, case: str, side: str) -> str:
        mine = (MessageRow.case_id == case) & (MessageRow.side == side)
        found = session.scalar(select(MessageRow.id).where(mine).order_by(MessageRow.number.desc()).limit(1))
        return found or ""
