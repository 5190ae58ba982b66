"""What officers have taken out of service: everything, one channel, or one procedure, until it is put back.

The switch must work at once and in every process: each looks again after :data:`FRESH_SECONDS`. A database that does
not answer leaves what was known last; an answer held back must not come back because a disk is full.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Text, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from runtime import logs
from runtime.messages import Message
from stores.audit import Audit, Deed
from stores.database import Base, Database
from stores.utc_datetime import Moment

EVERYTHING: Final = "everything"
FRESH_SECONDS: Final = 2.0
"""How long a process goes on by what it has read."""
CENTRE: Final = "@centre"
"""Whose word it is on a box that its centre has taken something off; no officer is called so."""
LONGEST: Final = 300
"""Signs of a sentence for citizens: two text messages."""
_SCOPE = re.compile(r"everything|channel:(?:sms|phone|kiosk)|procedure:[0-9]\.[0-9]{6}(?:\.[0-9A-Z.]{1,20})?")

_log = logs.get(__name__)


class WrongScope(ValueError):
    """Nothing of this name can be taken out of service; the message says what can."""

    def __init__(self, scope: str) -> None:
        super().__init__(
            Message(
                "{scope!r} is neither everything nor channel:sms, channel:phone, channel:kiosk, procedure:CODE",
                scope=scope,
            )
        )


class OffRow(Base):
    """One thing that is out of service."""

    __tablename__ = "out_of_service"

    scope: Mapped[str] = mapped_column(Text, primary_key=True)
    sentence: Mapped[str] = mapped_column(Text)
    """What citizens are told, in the language of the installation; empty for the usual sentence."""
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)
    officer: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Off:
    """One thing that is out of service."""

    scope: str
    words: str
    since: datetime
    until: datetime | None
    """When it comes back by itself; None: when somebody puts it back."""
    officer: str


def channel_scope(channel: str) -> str:
    """How a channel is named here."""
    return f"channel:{channel}"


def procedure_scope(code: str) -> str:
    """How a procedure is named here."""
    return f"procedure:{code}"


class OutOfService:
    """Safe to share between threads and processes.

    Args:
        database: its tables are made.
        clock: the time, with zone.
        audit: who switched what.
        ticks: seconds of a clock that only goes forward.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        audit: Audit,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit
        self._ticks = ticks
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._known: dict[str, Off] = {}

    def all(self) -> list[Off]:
        """Everything that is off now, as the database has it; what is off longest first."""
        with self._database.reading() as session:
            rows = list(session.scalars(select(OffRow).order_by(OffRow.since)))
        return [
            off for row in rows if self._holds(off := Off(row.scope, row.sentence, row.since, row.until, row.officer))
        ]

    def first_of(self, *scopes: str) -> Off | None:
        """The first of these that is off; costs nothing within :data:`FRESH_SECONDS`."""
        known = self._fresh()
        if not known:
            return None
        return next((off for scope in scopes if (off := known.get(scope)) is not None and self._holds(off)), None)

    def take_off(self, scope: str, officer: str, words: str = "", until: datetime | None = None) -> None:
        """Take something out of service; once more changes its words and its end.

        Raises:
            WrongScope: nothing is called so.
            ValueError: the sentence is too long, or the end has passed.
        """
        words = " ".join(words.split())
        if not _SCOPE.fullmatch(scope):
            raise WrongScope(scope)
        if len(words) > LONGEST:
            raise ValueError(
                Message("the sentence has {count} signs; {longest} are possible", count=len(words), longest=LONGEST)
            )
        if until is not None and until <= self._clock():
            raise ValueError(Message("the end has passed already"))
        with self._database.writing() as session:
            session.execute(delete(OffRow).where(OffRow.scope == scope))
            session.add(OffRow(scope=scope, sentence=words, since=self._clock(), until=until, officer=officer))
            self._audit.note_within(session, Deed.OUT_OF_SERVICE, officer, scope)
        self._forget()

    def put_back(self, scope: str, officer: str) -> bool:
        """Put something back into service; whether it was out of it."""
        with self._database.writing() as session:
            row = session.get(OffRow, scope)
            if row is None:
                return False
            session.delete(row)
            self._audit.note_within(session, Deed.BACK_IN_SERVICE, officer, scope)
        self._forget()
        return True

    def follow(self, centre: Iterable[Off]) -> int:
        """On a box: have off what its centre has taken off, and back what the centre has put back; how many changed.

        What was switched here stays as it is; what a newer centre names and we do not know is left alone.
        """
        wanted = {off.scope: off for off in centre if _SCOPE.fullmatch(off.scope)}
        changed = 0
        with self._database.writing() as session:
            known = {row.scope: row for row in session.scalars(select(OffRow))}
            for scope, row in known.items():
                if row.officer == CENTRE and scope not in wanted:
                    session.delete(row)
                    self._audit.note_within(session, Deed.BACK_IN_SERVICE, CENTRE, scope)
                    changed += 1
            for scope, off in wanted.items():
                row = known.get(scope) or OffRow(scope=scope, sentence="", since=off.since, until=None, officer=CENTRE)
                is_new = scope not in known
                if row.officer != CENTRE or (not is_new and (row.sentence, row.until) == (off.words, off.until)):
                    continue
                row.sentence, row.until = off.words, off.until
                session.add(row)
                if is_new:
                    self._audit.note_within(session, Deed.OUT_OF_SERVICE, CENTRE, scope)
                changed += 1
        if changed:
            self._forget()
        return changed

    def forget_ended(self) -> int:
        """Delete what has come back by itself; how many."""
        with self._database.writing() as session:
            ended = session.execute(delete(OffRow).where(OffRow.until <= self._clock()))
        return int(ended.rowcount)  # type: ignore[attr-defined]

    def _fresh(self) -> dict[str, Off]:
        with self._lock:
            if self._ticks() - self._read_at < FRESH_SECONDS:
                return self._known
            # Before it is read: while a database does not answer, not every turn waits for it.
            self._read_at = self._ticks()
        try:
            self._known = {off.scope: off for off in self.all()}
        except SQLAlchemyError as error:
            _log.error("what is out of service cannot be read", cause=type(error).__name__)
        return self._known

    def _forget(self) -> None:
        with self._lock:
            self._read_at = float("-inf")

    def _holds(self, off: Off) -> bool:
        return off.until is None or self._clock() < off.until
