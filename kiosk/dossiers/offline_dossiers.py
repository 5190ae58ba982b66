"""The dossiers this box may tell of without a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from actions.dossiers.model import Dossier
from kiosk.protocol.keys import PublicKeys
from kiosk.protocol.messages import SnapshotPart
from kiosk.protocol.snapshot import RecordKey
from kiosk.queue.tables import SnapshotRow, SnapshotStateRow
from runtime import logs
from stores.database import Database

_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class KeptDossier:
    """A dossier, and of when that is known."""

    dossier: Dossier
    as_of: datetime


class KeptDossiers:
    """Safe to share between threads.

    Args:
        database: of the kiosk.
        centre: whose dossiers they are.
    """

    def __init__(self, database: Database, centre: PublicKeys) -> None:
        self._database = database
        self._salt = centre.sign

    @property
    def version(self) -> int:
        """Of what is held; 0: nothing."""
        with self._database.reading() as session:
            state = session.get(SnapshotStateRow, 1)
            return 0 if state is None else state.version

    def take(self, part: SnapshotPart) -> None:
        """Keep what changed; version and records become true together."""
        insert: Any = sqlite.insert if self._database.is_sqlite else postgresql.insert
        gone = [id for id, sealed in part.records.items() if not sealed]
        with self._database.writing() as session:
            unwanted = delete(SnapshotRow) if part.anew else delete(SnapshotRow).where(SnapshotRow.id.in_(gone))
            session.execute(unwanted)
            for id, sealed in part.records.items():
                if sealed:
                    row = insert(SnapshotRow).values(id=id, sealed=sealed)
                    session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"sealed": sealed}))
            state = {"version": part.version, "as_of": part.as_of}
            row = insert(SnapshotStateRow).values(id=1, **state)
            session.execute(row.on_conflict_do_update(index_elements=["id"], set_=state))

    def find(self, code: str, last4: str) -> KeptDossier | None:
        """The dossier, when code and digits open one; else None, whichever of the two is wrong."""
        key = RecordKey(code, last4, self._salt)
        with self._database.reading() as session:
            row, state = session.get(SnapshotRow, key.id), session.get(SnapshotStateRow, 1)
        if row is None or state is None:
            return None
        try:
            dossier = key.open(row.sealed).dossier()
        except ValueError as error:
            # A disk that fails, or a record of another version: it comes again with the next change.
            _log.error("a kept dossier cannot be opened", cause=type(error).__name__)
            return None
        return KeptDossier(dossier, datetime.fromtimestamp(state.as_of, UTC))

    def erase(self) -> None:
        """Forget them all."""
        with self._database.writing() as session:
            session.execute(delete(SnapshotRow))
            session.execute(delete(SnapshotStateRow))
