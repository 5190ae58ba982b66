"""The access log of dossiers: every look-up, right or wrong, in rows that are only ever added.

Who asked and what was asked for stand as keyed hashes (law 91/2025/QH15: a hash is personal data, too, so they go after
``MOTCUA_LOOK_UP_LOG_DAYS``). The database refuses to change a row; see the migration.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text, delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from actions.dossiers.model import Clock, code_digits
from actions.dossiers.service import STATUS
from runtime import logs
from stores.database import Base, Database
from stores.sealing import Seal
from stores.utc_datetime import Moment

_log = logs.get(__name__)


class LookUpRow(Base):
    """One look-up."""

    __tablename__ = "dossier_look_ups"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    who: Mapped[str] = mapped_column(Text)
    """Keyed hash of the telephone number, box or address, or else of the conversation."""
    dossier: Mapped[str] = mapped_column(Text, index=True)
    """Keyed hash of the code."""
    channel: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    """Kind of the outcome: ``Proof``, ``NotFoundOrMismatch``, ``Locked``."""


class LookUps:
    """Safe to share between threads and processes.

    Args:
        database: its tables are made.
        seal: hashes who and what.
        clock: the time.
    """

    def __init__(self, database: Database, seal: Seal, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    def add(
        self, code: str, conversation: str, channel: str, marks: Sequence[str], outcome: str, purpose: str = STATUS
    ) -> None:
        """Note a look-up. A database that is away costs the line, which the log of the process has, not the answer."""
        row = LookUpRow(
            at=self._clock(),
            who=self._seal.hash("look-up by", next(iter(marks), conversation)),
            dossier=self._seal.hash("look-up of", code_digits(code) or code),
            channel=channel,
            purpose=purpose,
            outcome=outcome,
        )
        try:
            with self._database.writing() as session:
                session.add(row)
        except SQLAlchemyError as error:
            _log.error("a look-up is not in the access log", outcome=outcome, cause=type(error).__name__)

    def rows(self, since: datetime, limit: int, code: str | None = None) -> list[LookUpRow]:
        """The look-ups since a moment, of one dossier or of all, the newest first."""
        query = select(LookUpRow).where(LookUpRow.at >= since).order_by(LookUpRow.id.desc()).limit(limit)
        if code is not None:
            query = query.where(LookUpRow.dossier == self._seal.hash("look-up of", code_digits(code) or code))
        with self._database.reading() as session:
            return list(session.scalars(query))

    def since(self, moment: datetime) -> dict[tuple[str, str], int]:
        """How many there were, by channel and outcome."""
        query = (
            select(LookUpRow.channel, LookUpRow.outcome, func.count())
            .where(LookUpRow.at >= moment)
            .group_by(LookUpRow.channel, LookUpRow.outcome)
        )
        with self._database.reading() as session:
            return {(channel, outcome): count for channel, outcome, count in session.execute(query)}

    def erase_before(self, moment: datetime) -> int:
        """Erase what is older; returns how many."""
        old = LookUpRow.at < moment
        with self._database.writing() as session:
            count = session.scalar(select(func.count()).select_from(LookUpRow).where(old)) or 0
            session.execute(delete(LookUpRow).where(old))
        return count
