"""Entries of kiosks are done once each, however often they arrive.

An effect is done first and noted after; cut off in between, it is done again when the entry comes again, which its
key makes harmless. Counts have no key of their own: they are added in the transaction that notes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from centre.entry_handlers import Effects, NotYet
from centre.kiosks import Kiosk
from centre.tables import PendingRow, ReceivedRow, UsageRow
from channels.sms.citizens.citizen import Citizen
from kiosk.protocol.entries import Content, LogEntry, StatusRequestEntry, TextEntry, TicketEntry, UsageEntry, open_entry
from kiosk.protocol.keys import Keys
from kiosk.protocol.messages import Entry, EntryKind
from runtime import logs
from stores.database import Database
from stores.erased_list import ErasedList
from stores.sealing import Seal, SealBroken

MESSAGES_A_DAY: Final = 200
"""Text messages one kiosk may have sent in 24 hours: a stolen box must not become a spammer's. What a box had waiting
beyond that, after days without a line, follows on the next days."""

PENDING_AT_MOST: Final = 1000
"""Messages of one kiosk that may wait here; what comes then is refused."""

PENDING_FOR: Final = timedelta(hours=48)
"""How long a look-up waits for its back end before the citizen is told that nothing could be looked up."""

HELD_FOR: Final = timedelta(days=7)
"""How long a message waits for its day; then nobody needs it any more."""

FORGET_EVERY: Final = timedelta(hours=6)

RECEIPTS_FOR: Final = timedelta(days=400)

PENDING_AT_ONCE: Final = 50

_SHAPES: Final[dict[EntryKind, type[StatusRequestEntry] | type[TextEntry]]] = {
    EntryKind.STATUS_REQUEST: StatusRequestEntry,
    EntryKind.TEXT: TextEntry,
}
Pending = tuple[StatusRequestEntry | TextEntry, timedelta]
"""What must wait, and for how long at most."""

_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a batch."""

    cursor: int
    refused: tuple[int, ...]


def waiting_content(row: PendingRow, seal: Seal) -> StatusRequestEntry | TextEntry | None:
    """What waits in a row; None where it cannot be read."""
    try:
        return _SHAPES[EntryKind(row.kind)].from_bytes(seal.open(row.sealed).encode())
    except (SealBroken, ValueError):
        return None


class Receiving:
    """Safe to share between threads and processes.

    Args:
        database: of the centre.
        keys: entries are sealed to.
        seal: hides what must wait here.
        effects: what entries do.
        erased: who has asked to be forgotten: what a box without a line brings of them later is not taken in.
        clock: the time, with zone.
    """

    def __init__(
        self,
        database: Database,
        keys: Keys,
        seal: Seal,
        effects: Effects,
        erased: ErasedList,
        clock: Callable[[], datetime],
    ) -> None:
        self._erased = erased
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
        """Do what had to wait, of whatever kiosk; returns how much still waits."""
        with self._database.reading() as session:
            rows = session.scalars(select(PendingRow).order_by(PendingRow.until).limit(PENDING_AT_ONCE)).all()
        away: set[str] = set()
        for row in rows:
            late = row.until < self._clock()
            # What waits for the same back end, or for this kiosk's next day, need not be tried again.
            if not late and (row.kind in away or self._messages(row.kiosk) >= MESSAGES_A_DAY):
                continue
            content = waiting_content(row, self._seal)
            try:
                if content is None:
                    _log.error("what waited cannot be read", kiosk=row.kiosk)
                elif isinstance(content, StatusRequestEntry):
                    self._effects.status(row.kiosk, row.key, content, last_try=late)
                elif not late:
                    self._effects.text(row.kiosk, row.key, content)
            except NotYet:
                away.add(row.kind)
                continue
            self._note_sent(row)
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
            pending = self._act(kiosk, entry, content)
        except ValueError as error:
            _log.error("an entry is refused", kiosk=kiosk.id, kind=entry.kind.value, cause=type(error).__name__)
            self._note(kiosk, entry, readable=False)
            return False
        self._note(kiosk, entry, usage=content if isinstance(content, UsageEntry) else None, pending=pending)
        return True

    def _act(self, kiosk: Kiosk, entry: Entry, content: Content) -> Pending | None:
        """Do what an entry asks for; what must wait, and until when. Raises ``ValueError``, :class:`NotYet`."""
        if self._is_forgotten(entry, content):
            return None
        if isinstance(content, TicketEntry):
            self._effects.ticket(kiosk, entry.key, entry.at, content)
        elif isinstance(content, LogEntry):
            self._effects.orders.take_log(kiosk, content)
        elif isinstance(content, UsageEntry):
            # Added where it is noted, in one transaction.
            return None
        elif self._messages(kiosk.id) >= MESSAGES_A_DAY:
            if self._waiting(kiosk.id) >= PENDING_AT_MOST:
                raise ValueError("too many messages of one kiosk")
            return content, HELD_FOR
        elif isinstance(content, TextEntry):
            self._effects.text(kiosk.id, entry.key, content)
        else:
            try:
                self._effects.status(kiosk.id, entry.key, content)
            except NotYet:
                return content, PENDING_FOR
        return None

    def _is_forgotten(self, entry: Entry, content: Content) -> bool:
        """Whether the person has asked to be forgotten since the entry was made."""
        if isinstance(content, (UsageEntry, LogEntry)):
            return False
        phone = content.contact if isinstance(content, TicketEntry) else content.phone
        citizen = Citizen.of(phone, self._seal) if phone else None
        wish = self._erased.wish_of(citizen.person) if citizen is not None else None
        return wish is not None and entry.at <= wish.at and (wish.tickets or not isinstance(content, TicketEntry))

    def _note(
        self,
        kiosk: Kiosk,
        entry: Entry,
        *,
        readable: bool = True,
        usage: UsageEntry | None = None,
        pending: Pending | None = None,
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
                    content, wait = pending
                    sealed = self._seal.close(content.to_bytes().decode())
                    row = PendingRow(kiosk=kiosk.id, key=entry.key, kind=entry.kind, sealed=sealed, until=now + wait)
                    session.add(row)
        except IntegrityError:
            # The same batch, sent again while the first was still worked on: that one has noted it.
            return

    def _note_sent(self, pending: PendingRow) -> None:
        with self._database.writing() as session:
            sent = (ReceivedRow.kiosk == pending.kiosk) & (ReceivedRow.key == pending.key)
            session.execute(update(ReceivedRow).where(sent).values(at=self._clock()))
            waited = (PendingRow.kiosk == pending.kiosk) & (PendingRow.key == pending.key)
            session.execute(delete(PendingRow).where(waited))

    def _messages(self, kiosk: str) -> int:
        """How many messages of a kiosk were sent in the last 24 hours."""
        since = self._clock() - timedelta(days=1)
        kinds = ReceivedRow.kind.in_((EntryKind.TEXT, EntryKind.STATUS_REQUEST))
        waits = exists().where(PendingRow.kiosk == ReceivedRow.kiosk, PendingRow.key == ReceivedRow.key)
        query = select(func.count()).where(ReceivedRow.kiosk == kiosk, ReceivedRow.at > since, kinds, ~waits)
        with self._database.reading() as session:
            return int(session.scalar(query) or 0)

    def _waiting(self, kiosk: str) -> int:
        with self._database.reading() as session:
            return int(session.scalar(select(func.count()).where(PendingRow.kiosk == kiosk)) or 0)
