"""Proof of deletion: who asked to be forgotten (only until it is done), when it was done, what each day's job deleted.

Law 91/2025/QH15, articles 4 and 14; decree 356/2025/NĐ-CP, article 5: a person's wish to be deleted has a time limit,
and that it was met must be provable. The proof says when and how much, never who.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Date, Integer, Text, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from stores.apart import PERSON
from stores.audit import Audit, Deed
from stores.copy_keys import CopyKeys
from stores.database import Base, Database
from stores.erased_list import ErasedList
from stores.utc_datetime import Moment

PROOF_FOR = timedelta(days=1_825)
"""Five years: as long as a complaint about the processing of personal data may come."""


class Erasure(Base):
    """One person's wish to be forgotten."""

    __tablename__ = "erasures"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(Text, index=True)
    """Keyed hash of the number while something is left; empty afterwards."""
    channel: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    rows_gone_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the last row was erased: messages on their way when it was asked for go when they have arrived."""
    traces_gone_at: Mapped[datetime | None] = mapped_column(Moment)
    """When nothing was left in files, either."""


class DeletionDay(Base):
    """What the retention job deleted of one kind on one day."""

    __tablename__ = "deletion_days"

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    runs: Mapped[int] = mapped_column(Integer)
    entries: Mapped[int] = mapped_column(Integer)
    failures: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class OpenErasure:
    """A wish of which something is left."""

    id: int
    person: str
    asked_at: datetime


class Erasures:
    """The record; safe to share between threads and processes. Raises SQLAlchemy's errors when the database is away.

    Args:
        database: its tables are made.
        now: the clock.
        audit: where each wish, and each day's deletions, are noted.
        erased: the list that is asked after a backup was restored.
        copies: the keys of backups, of which the person's is destroyed.
    """

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        audit: Audit | None = None,
        erased: ErasedList | None = None,
        copies: CopyKeys | None = None,
    ) -> None:
        self._copies = copies
        self._erased = erased
        self._database = database
        self._now = now
        self._audit = audit

    def begin(self, person: str, channel: str, *, tickets: bool = False) -> None:
        """Somebody has asked; the worker sees to what cannot be erased yet.

        Args:
            person: keyed hash of the number.
            channel: where it was asked.
            tickets: whether tickets go, too.
        """
        if self._erased is not None:
            self._erased.add(person, tickets=tickets)
        with self._database.writing() as session:
            session.add(Erasure(person=person, channel=channel, asked_at=self._now()))
            self._destroy_key(session, person)
            if self._audit is not None:
                self._audit.note_within(session, Deed.ERASED, "citizen", "what is kept about a number", channel)

    def open(self) -> list[OpenErasure]:
        """Wishes of which rows are left, the oldest first."""
        query = select(Erasure).where(Erasure.person != "").order_by(Erasure.id)
        with self._database.reading() as session:
            return [OpenErasure(row.id, row.person, row.asked_at) for row in session.scalars(query)]

    def rows_gone(self, id: int) -> None:
        """No row is left; the record forgets who it was."""
        with self._database.writing() as session:
            # A backup made since the wish holds what was on its way, under another key.
            self._destroy_key(session, session.scalar(select(Erasure.person).where(Erasure.id == id)) or "")
            session.execute(update(Erasure).where(Erasure.id == id).values(person="", rows_gone_at=self._now()))

    def _destroy_key(self, session: Session, person: str) -> None:
        if self._copies is not None and person:
            self._copies.destroy_within(session, PERSON, person)

    def traces_left_since(self) -> datetime | None:
        """When the latest rows were erased of which files may still tell; None when there is nothing."""
        query = (
            select(Erasure.rows_gone_at)
            .where(Erasure.rows_gone_at.is_not(None), Erasure.traces_gone_at.is_(None))
            .order_by(Erasure.rows_gone_at.desc())
            .limit(1)
        )
        with self._database.reading() as session:
            return session.scalar(query)

    def traces_gone(self, of_rows_until: datetime) -> int:
        """Nothing is left in files of rows that were erased until a moment; returns of how many wishes."""
        with self._database.writing() as session:
            done = session.execute(
                update(Erasure)
                .where(Erasure.rows_gone_at <= of_rows_until, Erasure.traces_gone_at.is_(None))
                .values(traces_gone_at=self._now())
                .returning(Erasure.id)
            ).all()
        return len(done)

    def ran(self, kind: str, entries: int, *, failed: bool = False) -> None:
        """The retention job has deleted so many entries of a kind, or failed to."""
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        now = self._now()
        row = insert(DeletionDay).values(
            kind=kind, day=now.date(), runs=1, entries=entries, failures=int(failed), last_at=now
        )
        added = {
            "runs": DeletionDay.runs + 1,
            "entries": DeletionDay.entries + entries,
            "failures": DeletionDay.failures + int(failed),
            "last_at": now,
        }
        with self._database.writing() as session:
            session.execute(row.on_conflict_do_update(index_elements=["kind", "day"], set_=added))
            if self._audit is not None and entries:
                self._audit.note_within(session, Deed.DELETED, "retention", f"{kind}: {entries}")

    def days(self, since: date) -> list[DeletionDay]:
        """What was deleted, the newest day first."""
        query = select(DeletionDay).where(DeletionDay.day >= since).order_by(DeletionDay.day.desc(), DeletionDay.kind)
        with self._database.reading() as session:
            return list(session.scalars(query))

    def proofs(self, limit: int = 100) -> list[Erasure]:
        """Wishes to be forgotten and when each was fulfilled, the newest first."""
        with self._database.reading() as session:
            return list(session.scalars(select(Erasure).order_by(Erasure.id.desc()).limit(limit)))

    def forget_old(self) -> int:
        """Delete proofs nobody can ask for any more; returns how many."""
        before = self._now() - PROOF_FOR
        with self._database.writing() as session:
            wishes = session.execute(delete(Erasure).where(Erasure.traces_gone_at < before).returning(Erasure.id)).all()
            days = session.execute(
                delete(DeletionDay).where(DeletionDay.day < before.date()).returning(DeletionDay.kind)
            ).all()
        return len(wishes) + len(days)
