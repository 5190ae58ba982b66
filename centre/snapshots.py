"""The dossiers kiosks may tell of without a line: what changed since a kiosk asked last."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from actions.backends.routing import is_of
from actions.dossiers.backend import BackendError, DossierBackend, ForKiosks, ProvableDossier
from centre.tables import SnapshotRow, SnapshotStateRow
from kiosk.protocol.messages import SnapshotPart
from kiosk.protocol.snapshot import Record, RecordKey
from runtime import logs
from stores.database import Database

AFRESH: Final = timedelta(hours=1)
"""How old the data may be before the back end is asked again."""

AT_ONCE: Final = 40
"""Records of one answer: some 12 kB."""

GONE_FOR: Final = timedelta(days=60)
"""How long it is remembered that a dossier is gone; a kiosk that was silent for longer starts anew."""

_LONG: Final = int(GONE_FOR.total_seconds())
_log = logs.get(__name__)


def number_anew(session: Session, now: datetime) -> None:
    """Let every record travel once more, so that a kiosk hears of each whether it may keep it."""
    state = session.get(SnapshotStateRow, 1)
    if state is None:
        return
    version = max(int(now.timestamp()), state.version + 1) - 1
    for number, row in enumerate(session.scalars(select(SnapshotRow).order_by(SnapshotRow.id))):
        if number % AT_ONCE == 0:
            version += 1
        row.version = version
    state.version = max(version, state.version)


class NoneForKiosks:
    """Stands for a source whose dossiers kiosks may not keep."""

    def for_kiosks(self) -> Iterable[ProvableDossier]:
        """None at all: what kiosks kept of another source goes."""
        return ()


def for_kiosks(source: DossierBackend) -> ForKiosks:
    """What kiosks may keep of a source."""
    return source if isinstance(source, ForKiosks) else NoneForKiosks()


class Snapshots:
    """Safe to share between threads and processes.

    Args:
        database: of the centre.
        salt: the centre's public signing key, which every kiosk knows.
        source: of dossiers.
        clock: the time, with zone.
    """

    def __init__(self, database: Database, salt: bytes, source: ForKiosks, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._source = source
        self._clock = clock
        self._asking = threading.Lock()
        # A key takes 25 ms and never changes; held in memory only, as long as the process lives.
        self._key = lru_cache(maxsize=20_000)(lambda code, last4: RecordKey(code, last4, salt))

    def since(self, version: int, heard_at: datetime | None, agencies: Sequence[str] = ()) -> SnapshotPart | None:
        """What a kiosk lacks; None while nothing was ever fetched.

        Args:
            version: what it holds; 0: nothing.
            heard_at: when it was heard before now.
            agencies: whose dossiers it may keep, by beginnings of codes; what it holds of others is told as gone.
        """
        self._keep_fresh()
        with self._database.reading() as session:
            state = session.get(SnapshotStateRow, 1)
            if state is None:
                return None
            # One that holds a version we never had, or may not have been told what is gone, starts anew.
            long_silent = heard_at is None or self._clock() - heard_at > GONE_FOR
            known = version if version <= state.version and not long_silent else 0
            query = select(SnapshotRow).where(SnapshotRow.version > known)
            if not known:
                query = query.where(SnapshotRow.sealed != "")
            rows = session.scalars(query.order_by(SnapshotRow.version, SnapshotRow.id).limit(AT_ONCE + 1)).all()
        more = len(rows) > AT_ONCE
        # Whole versions only, so that a kiosk cut off here goes on where it was; none has more than AT_ONCE records.
        upto = rows[AT_ONCE].version - 1 if more else state.version
        return SnapshotPart(
            version=upto,
            as_of=state.as_of.timestamp(),
            records={
                row.id: row.sealed if not agencies or is_of(row.agency, agencies) else ""
                for row in rows
                if row.version <= upto and (known or not agencies or is_of(row.agency, agencies))
            },
            more=more,
            anew=not known and version > 0,
        )

    def refresh(self) -> int:
        """Ask the back end; returns how many records changed.

        Raises:
            BackendError: it gives no answer.
        """
        asked = self._clock()
        fresh: dict[str, str] = {}
        agency_of: dict[str, str] = {}
        ambiguous: set[str] = set()
        for one in self._source.for_kiosks():
            record = Record.of(one.dossier)
            for ending in set(one.endings):
                key = self._key(record.code, ending)
                if key.id in fresh:
                    # Two codes with the same digits: which is meant cannot be told without the line.
                    ambiguous.add(key.id)
                fresh[key.id] = key.close(record)
                agency_of[key.id] = record.code.partition("-")[0]
        for id in ambiguous:
            del fresh[id]
        with self._database.writing() as session:
            state = session.get(SnapshotStateRow, 1)
            if state is None:
                state = SnapshotStateRow(id=1, version=0, as_of=asked)
                session.add(state)
            # Versions are seconds of the clock, so that a centre restored from an old copy never gives one twice.
            version = max(int(asked.timestamp()), state.version + 1) - 1
            session.execute(delete(SnapshotRow).where(SnapshotRow.sealed == "", SnapshotRow.version < version - _LONG))
            known = {row.id: row for row in session.scalars(select(SnapshotRow))}
            changed = 0
            for id in known.keys() | fresh.keys():
                sealed, row = fresh.get(id, ""), known.get(id)
                agency = agency_of.get(id, row.agency if row is not None else "")
                if row is not None and (row.sealed, row.agency) == (sealed, agency):
                    continue
                if changed % AT_ONCE == 0:
                    version += 1
                    state.version = version
                changed += 1
                if row is None:
                    session.add(SnapshotRow(id=id, version=version, sealed=sealed, agency=agency))
                else:
                    row.version, row.sealed, row.agency = version, sealed, agency
            state.version, state.as_of = max(state.version, 1), asked
        return changed

    def _keep_fresh(self) -> None:
        with self._database.reading() as session:
            state = session.get(SnapshotStateRow, 1)
        if state is not None and self._clock() - state.as_of < AFRESH:
            return
        # While one asks, the others are told what is there; only the very first have to wait.
        if not self._asking.acquire(blocking=state is None):
            return
        try:
            self.refresh()
        except BackendError as error:
            _log.warning("dossiers for kiosks are not fresh", cause=str(error))
        finally:
            self._asking.release()
