"""Entries of kiosks are done once each, however often they arrive.

An effect is done first and noted after; cut off in between, it is done again when the entry comes again, which its
key makes harmless. Counts have no key of their own: they are added in the transaction that notes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from assistant import logs
from centre.effects import Effects, NotYet
from centre.kiosks import Kiosk
from centre.tables import PendingRow, ReceivedRow, UsageRow
from kiosk.protocol.entries import StatusRequestEntry, TextEntry, TicketEntry, UsageEntry, open_entry
from kiosk.protocol.keys import Keys
from kiosk.protocol.messages import Entry, EntryKind
from stores.database import Database
from stores.sealing import Seal, SealBroken

MESSAGES_A_DAY: Final = 200
"""Text messages one kiosk may have sent in 24 hours: a stolen box must not become a spammer's."""

PENDING_FOR: Final = timedelta(hours=48)

FORGET_EVERY: Final = timedelta(hours=6)

RECEIPTS_FOR: Final = timedelta(days=400)

_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a batch."""

    cursor: int
    refused: tuple[int, ...]


class Receiving:
    """Safe to share between threads and processes.

    Args:
        database: of the centre.
        keys: entries are sealed to.
        seal: hides what must wait here.
        effects: what entries do.
        clock: the time, with zone.
    """

    def __init__(
        self, database: Database, keys: Keys, seal: Seal, effects: Effects, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._keys = keys
        self._seal = seal
        self._effects = effects
        self._clock = clock
        self._forget_next = clock()

    def receive(self, kiosk: Kiosk, entries: Sequence[Entry]) -> Received:
        """Do the entries in order; stops at the first that the database does not take."""
        if self._clock() >= self._forget_next:
            self._forget_next = self._clock() + FORGET_EVERY
            self.forget_old()
        cursor, refused = 0, []
        for entry in sorted(entries, key=lambda one: one.sequence):
            try:
                if not self._one(kiosk, entry):
                    refused.append(entry.sequence)
            except (SQLAlchemyError, NotYet) as error:
                _log.error("an entry must come again", kiosk=kiosk.id, cause=type(error).__name__)
                break
            cursor = entry.sequence
        return Received(cursor, tuple(refused))

    def try_pending(self) -> int:
        """Do what had to wait for the back end, of whatever kiosk; returns how much still waits."""
        with self._database.reading() as session:
            rows = session.scalars(select(PendingRow).order_by(PendingRow.until).limit(50)).all()
        for row in rows:
            late = row.until < self._clock()
            try:
                content = StatusRequestEntry.from_bytes(self._seal.open(row.sealed).encode())
                self._effects.status(row.kiosk, row.key, content, last_try=late)
            except NotYet:
                # The others wait for the same back end.
                break
            except (SealBroken, ValueError):
                _log.error("a kept look-up cannot be read", kiosk=row.kiosk)
            with self._database.writing() as session:
                session.execute(delete(PendingRow).where(PendingRow.kiosk == row.kiosk, PendingRow.key == row.key))
        with self._database.reading() as session:
            return int(session.scalar(select(func.count()).select_from(PendingRow)) or 0)

    def forget_old(self) -> None:
        """Forget what was done so long ago that it will not come again."""
        with self._database.writing() as session:
            session.execute(delete(ReceivedRow).where(ReceivedRow.at < self._clock() - RECEIPTS_FOR))

    def _one(self, kiosk: Kiosk, entry: Entry) -> bool:
        """Whether the entry could be read."""
        with self._database.reading() as session:
            known = session.get(ReceivedRow, (kiosk.id, entry.key))
        if known is not None:
            return known.readable
        try:
            content = open_entry(entry.kind, entry.sealed, self._keys)
            if entry.kind in {EntryKind.TEXT, EntryKind.STATUS_REQUEST} and self._messages(kiosk) >= MESSAGES_A_DAY:
                raise ValueError("too many messages of one kiosk")
            if isinstance(content, TicketEntry):
                self._effects.ticket(kiosk, entry.key, entry.at, content)
            elif isinstance(content, TextEntry):
                self._effects.text(kiosk.id, entry.key, content)
        except ValueError as error:
            _log.error("an entry is refused", kiosk=kiosk.id, kind=entry.kind.value, cause=type(error).__name__)
            self._note(kiosk, entry, readable=False)
            return False
        pending = isinstance(content, StatusRequestEntry) and not self._told(kiosk, entry.key, content)
        self._note(
            kiosk,
            entry,
            usage=content if isinstance(content, UsageEntry) else None,
            pending=content if isinstance(content, StatusRequestEntry) and pending else None,
        )
        return True

    def _told(self, kiosk: Kiosk, key: str, content: StatusRequestEntry) -> bool:
        try:
            self._effects.status(kiosk.id, key, content)
        except NotYet:
            return False
        return True

    def _note(
        self,
        kiosk: Kiosk,
        entry: Entry,
        *,
        readable: bool = True,
        usage: UsageEntry | None = None,
        pending: StatusRequestEntry | None = None,
    ) -> None:
        now = self._clock()
        insert: Any = sqlite.insert if self._database.is_sqlite else postgresql.insert
        try:
            with self._database.writing() as session:
                session.add(ReceivedRow(kiosk=kiosk.id, key=entry.key, kind=entry.kind, at=now, readable=readable))
                session.flush()
                for figure, count in (usage.counts if usage else {}).items():
                    row = insert(UsageRow).values(
                        kiosk=kiosk.id, day=usage.day if usage else "", figure=figure, count=count
                    )
                    session.execute(
                        row.on_conflict_do_update(
                            index_elements=["kiosk", "day", "figure"], set_={"count": UsageRow.count + count}
                        )
                    )
                if pending is not None:
                    sealed = self._seal.close(pending.to_bytes().decode())
                    session.add(PendingRow(kiosk=kiosk.id, key=entry.key, sealed=sealed, until=now + PENDING_FOR))
        except IntegrityError:
            # The same batch, sent again while the first was still worked on: that one has noted it.
            return

    def _messages(self, kiosk: Kiosk) -> int:
        since = self._clock() - timedelta(days=1)
        kinds = ReceivedRow.kind.in_((EntryKind.TEXT, EntryKind.STATUS_REQUEST))
        query = select(func.count()).where(ReceivedRow.kiosk == kiosk.id, ReceivedRow.at > since, kinds)
        with self._database.reading() as session:
            return int(session.scalar(query) or 0)
