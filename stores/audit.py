"""The audit log: who did what when, in a chain that shows whatever was changed, left out or put in afterwards.

Each entry carries the keyed hash of the one before it, so that no entry can be changed without all that follow. Every
so often the head of the chain is signed into a file outside the database (a checkpoint): who can write into the
database, and even knows how to make hashes, cannot cut off the end unseen. Entries name officers and things, never
citizens.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlalchemy import Text, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from runtime import logs
from runtime.messages import Message
from stores.database import Base, Database
from stores.sealing import Seal
from stores.signing import Signature
from stores.utc_datetime import Moment

FIRST: Final = "0" * 64
CHECKPOINT_EVERY: Final = 100
"""Entries between two checkpoints; every run of the retention job makes one, too."""
_LOCK: Final = 7_215_402_612
_BATCH: Final = 1_000

_log = logs.get(__name__)


class Deed(StrEnum):
    """What is recorded."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    PASSWORD_SET = "password_set"
    SECOND_FACTOR = "second_factor"
    OFFICER_CHANGED = "officer_changed"
    LOOKED = "looked"
    LOOKED_UP = "looked_up"
    BLOCKED = "blocked"
    KIOSK_KEEPS = "kiosk_keeps"
    TALKS_READ = "talks_read"
    KIOSK_PLACED = "kiosk_placed"
    KIOSK_ENROLLED = "kiosk_enrolled"
    KIOSK_REPLACED = "kiosk_replaced"
    KIOSK_ORDER = "kiosk_order"
    PUBLISHED = "published"
    RECORDED = "recorded"
    EXPORTED = "exported"
    ERASED = "erased"
    KEYS_CHANGED = "keys_changed"
    DELETED = "deleted"
    OUT_OF_SERVICE = "out_of_service"
    BACK_IN_SERVICE = "back_in_service"
    CATALOGUE_CHANGED = "catalogue_changed"
    CONSENT_TAKEN = "consent_taken"
    BREACH_FOUND = "breach_found"
    BREACH_NOTED = "breach_noted"
    BREACH_TOLD = "breach_told"
    CAMPAIGN = "campaign"
    WARNING = "warning"
    """A step of a warning of danger, or of who is warned where."""
    CASE = "case"
    """A step of a case that is exchanged with another agency."""
    PARTNER_CHANGED = "partner_changed"
    SUBSCRIBER = "subscriber"
    RIGHT_ASKED = "right_asked"
    RIGHT_ANSWERED = "right_answered"
    RIGHT_EXTENDED = "right_extended"
    RIGHT_DONE = "right_done"


class AuditRow(Base):
    """One entry; rows are only added."""

    __tablename__ = "audit_log"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    deed: Mapped[str] = mapped_column(Text)
    who: Mapped[str] = mapped_column(Text)
    """An officer's name, or the part of the system that did it."""
    what: Mapped[str] = mapped_column(Text)
    """What it was done to: a ticket's number, a keyed hash, a bundle. Never a number or name of a citizen."""
    channel: Mapped[str] = mapped_column(Text)
    mark: Mapped[str] = mapped_column(Text)
    """Keyed hash of this entry and of the mark before it, hexadecimal."""


_HEAD = select(AuditRow.id, AuditRow.mark).order_by(AuditRow.id.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, to be read."""

    id: int
    at: datetime
    deed: str
    who: str
    what: str
    channel: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking the chain found."""

    entries: int
    checkpoints: int
    faults: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, left out or put in."""
        return not self.faults


class Audit:
    """Safe to share between threads and processes.

    Args:
        database: its tables are made.
        seal: of the installation; makes the marks.
        now: the clock.
        checkpoints: file of the signed heads; best on another disk, or copied elsewhere.
    """

    def __init__(self, database: Database, seal: Seal, now: Callable[[], datetime], checkpoints: Path) -> None:
        self._database = database
        self._key = seal.key("audit")
        self._signature = Signature(seal, "audit-checkpoint")
        self._now = now
        self._checkpoints = checkpoints

    def note(self, deed: Deed, who: str, what: str = "", channel: str = "") -> None:
        """Add an entry. The deed is done already: a database that is away is told of, and stops nothing."""
        try:
            with self._database.writing() as session:
                self.note_within(session, deed, who, what, channel)
        except SQLAlchemyError as error:
            _log.error("an entry of the audit log is missing", deed=deed.value, cause=type(error).__name__)

    def write(self, deed: Deed, who: str, content: Mapping[str, object], channel: str = "") -> None:
        """Add an entry that is itself the record: one that could not be written must not look as if it were.

        Raises:
            SQLAlchemyError: the database is away.
        """
        with self._database.writing() as session:
            self.note_within(session, deed, who, json.dumps(content, ensure_ascii=False), channel)

    def note_within(self, session: Session, deed: Deed, who: str, what: str = "", channel: str = "") -> None:
        """Add an entry in a transaction of the caller's: the deed and its entry come to be together."""
        if not self._database.is_sqlite:
            # Two entries must not follow the same one; SQLite has one writer anyway.
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        before = session.execute(_HEAD).one_or_none()
        row = AuditRow(at=self._now(), deed=deed, who=who, what=what, channel=channel, mark="")
        session.add(row)
        session.flush()
        row.mark = self._mark(before.mark if before is not None else FIRST, row)
        if row.id % CHECKPOINT_EVERY == 0:
            self._sign(row.id, row.mark)

    def checkpoint(self) -> None:
        """Sign the head of the chain into the file, if it has moved on."""
        with self._database.reading() as session:
            head = session.execute(
                select(AuditRow.id, AuditRow.mark).order_by(AuditRow.id.desc()).limit(1)
            ).one_or_none()
        if head is not None and not any(id == head.id for id, _, _ in self._signed()):
            self._sign(head.id, head.mark)

    def entries(self, limit: int = 100) -> list[Entry]:
        """The newest first."""
        with self._database.reading() as session:
            rows = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(limit))
            return [Entry(row.id, row.at, row.deed, row.who, row.what, row.channel) for row in rows]

    def of(self, *deeds: Deed) -> list[Entry]:
        """Every entry of some deeds, the oldest first."""
        with self._database.reading() as session:
            rows = session.scalars(select(AuditRow).where(AuditRow.deed.in_(deeds)).order_by(AuditRow.id))
            return [Entry(row.id, row.at, row.deed, row.who, row.what, row.channel) for row in rows]

    def verify(self) -> Verdict:
        """Follow the chain from its first entry to its last, and compare it with what was signed."""
        faults: list[str] = []
        marks: dict[int, str] = {}
        before, last, count = FIRST, 0, 0
        for row in self._rows():
            count += 1
            if row.id != last + 1:
                faults.append(Message("entries {first} to {last} are missing", first=last + 1, last=row.id - 1))
            if not hmac.compare_digest(self._mark(before, row), row.mark):
                faults.append(Message("entry {id} was changed, or what is before it", id=row.id))
            before, last, marks[row.id] = row.mark, row.id, row.mark
        signed = self._signed()
        for id, mark, signature in signed:
            if not self._signature.fits(f"{id}:{mark}", signature):
                faults.append(Message("the checkpoint of entry {id} was not signed by this installation", id=id))
            elif id not in marks:
                faults.append(Message("entry {id} was signed and is gone", id=id))
            elif marks[id] != mark:
                faults.append(Message("entry {id} is another one than was signed", id=id))
        if count and not signed:
            faults.append(Message("there is no checkpoint: {file} is missing or empty", file=self._checkpoints))
        return Verdict(count, len(signed), tuple(faults))

    def _rows(self) -> Iterator[AuditRow]:
        last = 0
        while True:
            with self._database.reading() as session:
                rows = list(
                    session.scalars(select(AuditRow).where(AuditRow.id > last).order_by(AuditRow.id).limit(_BATCH))
                )
            yield from rows
            if len(rows) < _BATCH:
                return
            last = rows[-1].id

    def _mark(self, before: str, row: AuditRow) -> str:
        fields = [before, row.id, row.at.timestamp(), row.deed, row.who, row.what, row.channel]
        return hmac.new(self._key, json.dumps(fields, ensure_ascii=True).encode(), "sha256").hexdigest()

    def _sign(self, id: int, mark: str) -> None:
        line = f"{id}:{mark}:{self._signature.of(f'{id}:{mark}')}\n"
        try:
            self._checkpoints.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._checkpoints.open("a", encoding="ascii") as file:
                file.write(line)
        except OSError as error:
            _log.error("the audit log's checkpoint cannot be written", cause=type(error).__name__)

    def _signed(self) -> list[tuple[int, str, str]]:
        try:
            lines = self._checkpoints.read_text(encoding="ascii", errors="replace").splitlines()
        except FileNotFoundError:
            return []
        found = []
        for line in lines:
            id, _, rest = line.partition(":")
            mark, _, signature = rest.partition(":")
            found.append((int(id) if id.isascii() and id.isdigit() else 0, mark, signature))
        return found
