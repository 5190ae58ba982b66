"""What the page keeps for the centre: look-ups to be answered by text message, answers for one's own telephone."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from kiosk.centre_link.identity import Identity, identity_of
from kiosk.protocol.entries import StatusRequestEntry, TextEntry
from kiosk.protocol.messages import EntryKind
from kiosk.queue.box_clock import Watch
from kiosk.queue.outgoing import NewEntry, Outgoing
from kiosk.queue.tables import UsageRow
from language.languages import default_language
from runtime.settings import Settings
from stores.database import Database


class Keeping:
    """Safe to share between threads. Raises ``ValueError`` for what no centre would take.

    Args:
        database: of the kiosk.
        identity: of the kiosk.
    """

    def __init__(self, database: Database, identity: Identity) -> None:
        self._outgoing = Outgoing(database, identity.centre, Watch(database))

    @classmethod
    def open(cls, settings: Settings, database: Database) -> Keeping | None:
        """None on a box that is no kiosk of any centre, or was shut out: then nothing personal may be taken."""
        identity = identity_of(settings)
        return cls(database, identity) if identity is not None and not identity.locked else None

    def status_request(
        self, code: str, last4: str, phone: str, language: str | None = None, key: str | None = None
    ) -> None:
        """Keep a look-up; the centre answers it by text message once it hears of it.

        Args:
            code: canonical, or its digits.
            last4: four digits.
            phone: in E.164; the citizen has agreed to be written to.
            language: of the answer; None: the first of the installation.
            key: the same key is the same request; made here when None.
        """
        content = StatusRequestEntry(code=code, last4=last4, phone=phone, language=language or default_language())
        self._add(EntryKind.STATUS_REQUEST, key, content)

    def text(self, phone: str, text: str, key: str | None = None) -> None:
        """Keep an answer somebody wants on the own telephone; with diacritics, the centre chooses the writing."""
        self._add(EntryKind.TEXT, key, TextEntry(phone=phone, text=text))

    def _add(self, kind: EntryKind, key: str | None, content: StatusRequestEntry | TextEntry) -> None:
        self._outgoing.add(NewEntry(kind, f"{kind.value}:{key or secrets.token_hex(16)}", content))


class Usage:
    """Counts by day; nothing in it says who.

    Args:
        database: its tables are made.
        watch: tells the day; one of the machine's clocks when None.
    """

    def __init__(self, database: Database, watch: Watch | None = None) -> None:
        self._database = database
        self._watch = watch or Watch(database)

    def count(self, figure: str, by: int = 1) -> None:
        """Add to a figure of today, such as ``turn.ask_procedure``."""
        insert: Any = sqlite.insert if self._database.is_sqlite else postgresql.insert
        row = insert(UsageRow).values(day=self._watch.today().isoformat(), figure=figure[:80], count=by)
        with self._database.writing() as session:
            session.execute(
                row.on_conflict_do_update(index_elements=["day", "figure"], set_={"count": UsageRow.count + by})
            )
