"""The queue of a kiosk: entries are added once, go up in order, and leave when the centre says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kiosk.protocol.entries import Content, close
from kiosk.protocol.keys import PublicKeys
from kiosk.protocol.messages import ENTRIES_AT_ONCE, Entry, EntryKind
from kiosk.queue.box_clock import Instant, Watch
from kiosk.queue.tables import OutgoingRow
from stores.database import Database


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Something for the centre."""

    kind: EntryKind
    key: str
    """Idempotency key; the same key is the same entry, here and at the centre."""
    content: Content
    at: Instant | None = None
    """When it was asked for, where that was earlier than now."""


class Outgoing:
    """The queue; safe to share between threads and processes. Raises SQLAlchemy's errors when the disk is full.

    Args:
        database: its tables are made.
        centre: whom entries are sealed to.
        watch: dates entries.
    """

    def __init__(self, database: Database, centre: PublicKeys, watch: Watch) -> None:
        self._database = database
        self._centre = centre
        self._watch = watch

    def add(self, entry: NewEntry) -> None:
        """Keep an entry; it is on disk when this returns."""
        with self._database.writing() as session:
            self.add_within(session, entry)

    def add_within(self, session: Session, entry: NewEntry) -> None:
        """:meth:`add` inside a transaction of the caller's."""
        at = entry.at or self._watch.instant()
        insert: Any = sqlite.insert if self._database.is_sqlite else postgresql.insert
        row = {
            "key": entry.key,
            "kind": entry.kind,
            "sealed": close(entry.content, self._centre),
            "wall": at.wall,
            "boot": at.boot,
            "ticks": at.ticks,
            "refused": False,
        }
        session.execute(insert(OutgoingRow).values(row).on_conflict_do_nothing(index_elements=["key"]))

    def waiting(self) -> int:
        """How many entries wait."""
        return self._count(refused=False)

    def refused(self) -> int:
        """How many entries the centre could not read."""
        return self._count(refused=True)

    def next(self, limit: int = ENTRIES_AT_ONCE) -> tuple[Entry, ...]:
        """The oldest entries, dated in the centre's time."""
        query = select(OutgoingRow).where(~OutgoingRow.refused).order_by(OutgoingRow.sequence).limit(limit)
        with self._database.reading() as session:
            rows = session.scalars(query).all()
        return tuple(
            Entry(
                sequence=row.sequence,
                kind=EntryKind(row.kind),
                key=row.key,
                at=round(self._watch.date(Instant(row.wall, row.boot, row.ticks)), 1),
                sealed=row.sealed,
            )
            for row in rows
        )

    def done(self, cursor: int, refused: Sequence[int] = ()) -> None:
        """Forget the entries up to ``cursor``, which the centre has done, but keep those it could not read."""
        with self._database.writing() as session:
            session.execute(update(OutgoingRow).where(OutgoingRow.sequence.in_(refused)).values(refused=True))
            session.execute(delete(OutgoingRow).where(OutgoingRow.sequence <= cursor, ~OutgoingRow.refused))

    def _count(self, *, refused: bool) -> int:
        query = select(func.count()).where(OutgoingRow.refused if refused else ~OutgoingRow.refused)
        with self._database.reading() as session:
            return int(session.scalar(query) or 0)
