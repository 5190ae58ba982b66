"""Sources that disagree on a dossier: what each of them says is kept for an officer, who sets it right with them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Text, delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from actions.dossiers.backend import Said
from actions.dossiers.model import Clock, DossierStatus, code_digits
from runtime import logs
from runtime.clock import VIETNAM
from stores.database import Base, Database
from stores.sealing import Seal, SealBroken
from stores.utc_datetime import Moment

KEPT_FOR: Final = timedelta(days=90)
"""After nobody has met a disagreement again."""
_log = logs.get(__name__)


class DisagreementRow(Base):
    """One dossier on which sources disagree; gone when they agree again."""

    __tablename__ = "dossier_disagreements"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier: Mapped[str] = mapped_column(Text, unique=True)
    """Keyed hash of the code."""
    sealed: Mapped[str] = mapped_column(Text)
    """Code and what each source says."""
    since: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment, index=True)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What an officer is shown."""

    code: str
    said: tuple[Said, ...]
    since: datetime
    seen_at: datetime


class Disagreements:
    """Safe to share between threads and processes.

    Args:
        database: its tables are made.
        seal: hashes and seals codes.
        clock: the time.
    """

    def __init__(self, database: Database, seal: Seal, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    def note(self, code: str, said: Sequence[Said]) -> None:
        """See :class:`actions.dossiers.backend.NotesDisagreement`."""
        now, hashed = self._clock(), self._hash(code)
        content = [[one.source, int(one.status), one.updated_at.timestamp(), one.is_told] for one in said]
        sealed = self._seal.close(json.dumps([code, content]))
        try:
            with self._database.writing() as session:
                row = session.scalar(select(DisagreementRow).where(DisagreementRow.dossier == hashed))
                if row is None:
                    session.add(DisagreementRow(dossier=hashed, sealed=sealed, since=now, seen_at=now))
                else:
                    row.sealed, row.seen_at = sealed, now
        except SQLAlchemyError as error:
            _log.error("a disagreement of sources is not kept", cause=type(error).__name__)

    def agreed(self, code: str) -> None:
        """See :class:`actions.dossiers.backend.NotesDisagreement`."""
        hashed = self._hash(code)
        try:
            with self._database.reading() as session:
                if session.scalar(select(DisagreementRow.id).where(DisagreementRow.dossier == hashed)) is None:
                    return
            with self._database.writing() as session:
                session.execute(delete(DisagreementRow).where(DisagreementRow.dossier == hashed))
        except SQLAlchemyError as error:
            _log.error("a disagreement of sources cannot be ended", cause=type(error).__name__)

    def count(self) -> int:
        """How many there are."""
        with self._database.reading() as session:
            return session.scalar(select(func.count()).select_from(DisagreementRow)) or 0

    def newest(self, limit: int, skip: int = 0) -> list[Disagreement]:
        """Those seen last."""
        query = select(DisagreementRow).order_by(DisagreementRow.seen_at.desc(), DisagreementRow.id.desc())
        with self._database.reading() as session:
            rows = list(session.scalars(query.offset(skip).limit(limit)))
        return [one for row in rows if (one := self._opened(row)) is not None]

    def erase_before(self, moment: datetime) -> int:
        """Erase those nobody has met again since; returns how many."""
        old = DisagreementRow.seen_at < moment
        with self._database.writing() as session:
            count = session.scalar(select(func.count()).select_from(DisagreementRow).where(old)) or 0
            session.execute(delete(DisagreementRow).where(old))
        return count

    def _opened(self, row: DisagreementRow) -> Disagreement | None:
        try:
            code, content = json.loads(self._seal.open(row.sealed))
        except SealBroken:
            return None
        said = tuple(
            Said(source, DossierStatus(status), datetime.fromtimestamp(updated, VIETNAM), is_told=is_told)
            for source, status, updated, is_told in content
        )
        return Disagreement(code, said, row.since, row.seen_at)

    def _hash(self, code: str) -> str:
        return self._seal.hash("disagreement on", code_digits(code) or code)
