"""Imported records as a running process sees them: which list tells of each code, and what notices add."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar, cast

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from catalogue.doubtful_fees import hold_back
from catalogue.notices import NOTICE, NoticeBoard
from catalogue.record import Level, Procedure
from catalogue.tables import CatalogueState, ImportedNotice, ImportedRecord
from runtime import logs
from runtime.messages import Message
from stores.database import Database

_log = logs.get(__name__)

V = TypeVar("V")

RECENT = 256
"""Records kept ready; people ask for the same few dozen all day."""


RECENTLY = 0.5
"""Seconds for which turns take one look at the catalogue's version for the same; looking was a tenth of a turn."""

_seen: ContextVar[dict[object, Any] | None] = ContextVar("seen", default=None)
"""The versions met so far in the turn that runs, by what has them."""


@contextmanager
def one_version() -> Iterator[None]:
    """Within it the catalogue stays at one version: a turn is understood and answered from the same records, as they
    stood at most :data:`RECENTLY` before it began.
    """
    token = _seen.set({})
    try:
        yield
    finally:
        _seen.reset(token)


def seen_once(of: object, look: Callable[[], V]) -> V:
    """A version as this turn met it first, or as it is where no turn runs."""
    seen = _seen.get()
    if seen is None:
        return look()
    if of not in seen:
        seen[of] = look()
    return cast(V, seen[of])


class CatalogueUnavailable(RuntimeError):
    """The database that holds the imported records does not answer."""


@dataclass(frozen=True, slots=True)
class ImportedEntry:
    """What is known of an imported record without reading it whole."""

    code: str
    province: str
    format: str
    rank: int
    checked_on: date
    official_name: str
    agency: str
    field: str
    levels: tuple[Level, ...]
    subjects: tuple[str, ...]
    replaced_by: tuple[str, ...]


@dataclass(frozen=True)
class Snapshot:
    """Every imported record that is told of, one a code and province, at one version of the catalogue."""

    version: int = 0
    entries: dict[tuple[str, str], ImportedEntry] = field(default_factory=dict)
    """By code and province (empty: national)."""
    board: NoticeBoard = field(default_factory=NoticeBoard)


class ImportedRecords:
    """Reads the catalogue's tables; one instance serves all threads of a process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._snapshot = Snapshot()
        self._looked = (0, float("-inf"))
        self._recent: dict[tuple[int, str, str], Procedure] = {}

    def version(self) -> int:
        """The number of the last import that changed something; the last known while the database is away."""
        return self._version_now() if _seen.get() is None else seen_once(self, self._version_of_late)

    def _version_of_late(self) -> int:
        version, looked_at = self._looked
        now = time.monotonic()
        if now - looked_at >= RECENTLY:
            version = self._version_now()
            self._looked = version, now
        return version

    def _version_now(self) -> int:
        try:
            with self._database.reading() as session:
                return session.execute(select(CatalogueState.version)).scalar_one()
        except SQLAlchemyError as error:
            _log.warning("catalogue version not read", cause=str(error))
            return self._snapshot.version

    def snapshot(self) -> Snapshot:
        """The records as they stand now, or as last seen while the database is away."""
        version = self.version()
        with self._lock:
            if version != self._snapshot.version:
                try:
                    self._snapshot = self._load()
                except SQLAlchemyError as error:
                    _log.warning("catalogue not read", cause=str(error))
            return self._snapshot

    def read(self, entry: ImportedEntry, snapshot: Snapshot) -> Procedure | None:
        """The whole record of an entry of ``snapshot``; raises :class:`CatalogueUnavailable`."""
        key = (snapshot.version, entry.code, entry.province)
        known = self._recent.get(key)
        if known is None:
            known = next(self.read_all([entry], snapshot.board), None)
            if known is not None:
                if len(self._recent) >= RECENT:
                    self._recent.clear()
                self._recent[key] = known
        return known

    def read_all(self, entries: Sequence[ImportedEntry], board: NoticeBoard) -> Iterator[Procedure]:
        """Whole records in the order of ``entries``; raises :class:`CatalogueUnavailable`."""
        for some in _batches(entries, 200):
            try:
                bodies = self._bodies(some)
            except SQLAlchemyError as error:
                raise CatalogueUnavailable(Message("imported procedures cannot be read")) from error
            for entry in some:
                body = bodies.get((entry.code, entry.province, entry.format))
                if body is not None:
                    yield hold_back(board.apply(Procedure.model_validate_json(body)))

    def _bodies(self, entries: Sequence[ImportedEntry]) -> dict[tuple[str, str, str], str]:
        columns = (ImportedRecord.code, ImportedRecord.province, ImportedRecord.format, ImportedRecord.body)
        with self._database.reading() as session:
            rows = session.execute(select(*columns).where(ImportedRecord.code.in_({entry.code for entry in entries})))
            return {(row.code, row.province, row.format): row.body for row in rows}

    def _load(self) -> Snapshot:
        with self._database.reading() as session:
            version = session.execute(select(CatalogueState.version)).scalar_one()
            bodies = session.execute(select(ImportedNotice.body)).scalars()
            board = NoticeBoard.of(NOTICE.validate_json(body) for body in bodies)
            rows = session.execute(
                select(
                    ImportedRecord.code,
                    ImportedRecord.province,
                    ImportedRecord.format,
                    ImportedRecord.rank,
                    ImportedRecord.checked_on,
                    ImportedRecord.official_name,
                    ImportedRecord.agency,
                    ImportedRecord.field,
                    ImportedRecord.levels,
                    ImportedRecord.subjects,
                    ImportedRecord.replaced_by,
                ).order_by(ImportedRecord.code, ImportedRecord.checked_on, ImportedRecord.rank)
            ).all()
        # The last one of a code is the newest and, of one day, the fullest: it stays.
        entries = {
            (row.code, row.province): ImportedEntry(
                code=row.code,
                province=row.province,
                format=row.format,
                rank=row.rank,
                checked_on=row.checked_on,
                official_name=row.official_name,
                agency=row.agency,
                field=row.field,
                levels=tuple(map(Level, json.loads(row.levels))),
                subjects=tuple(json.loads(row.subjects)),
                replaced_by=tuple(json.loads(row.replaced_by)),
            )
            for row in rows
            if row.code not in board.rejected
        }
        return Snapshot(version, entries, board)


def _batches(entries: Sequence[ImportedEntry], size: int) -> Iterator[Sequence[ImportedEntry]]:
    return (entries[start : start + size] for start in range(0, len(entries), size))
