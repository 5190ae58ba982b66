"""The store that gammu-smsd and the route share: a small SQLite file of its own beside the database.

It is smsd's database, not one of ours: smsd opens it through libdbi, so its tables are as smsd wants them and it
never moves to PostgreSQL. Rows leave it as soon as the assistant has stored the message, and texts that were sent
are blanked; numbers stay until the delivery report, at most :data:`KEPT_DAYS`.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from channels.sms.providers.gsm.joining import Piece
from channels.sms.providers.gsm.splitting import Part, split
from channels.sms.routes.messages import Delivery

KEPT_DAYS = 3
"""Networks try to deliver for so long; a report does not come later."""

BUSY_SECONDS = 15.0
UNTOUCHED = "2000-01-01 00:00:00"
"""What ``SendingTimeOut`` is until smsd takes a message up."""

_SENT = "('SendingOK', 'SendingOKNoReport', 'DeliveryOK', 'DeliveryFailed', 'DeliveryPending', 'DeliveryUnknown')"


_DAMAGED = (
    "CREATE TABLE IF NOT EXISTS damaged"
    " (id INTEGER PRIMARY KEY, stored_at REAL NOT NULL, sender TEXT NOT NULL, text TEXT NOT NULL, header TEXT NOT NULL)"
)


class Stage(StrEnum):
    """How far smsd is with a message."""

    ABSENT = "absent"
    """Was never put here."""
    WAITING = "waiting"
    """Not taken up: can be taken back for certain."""
    SENDING = "sending"
    REFUSED = "refused"
    """A try failed; the row waits for us to decide."""
    SENT = "sent"
    """The network has taken every part."""
    WITHDRAWN = "withdrawn"
    """Taken back before anything was sent."""
    UNSURE = "unsure"
    """Taken back while it was being sent."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known about a message."""

    stage: Stage
    parts: int = 0
    sent: int = 0
    code: int = -1
    """The modem's error of the part that was refused."""


@dataclass(frozen=True, slots=True)
class Report:
    """The network's word about a whole message."""

    reference: str
    delivery: Delivery
    code: str | None


@dataclass(frozen=True, slots=True)
class ModemRow:
    """What is known about the modem across processes."""

    state: str
    pulse: int
    connections: int


class Spool:
    """The file; safe to share between threads.

    Args:
        path: is made, readable by this user alone, when it is missing.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Opened only to make it: closing a file that SQLite has open in this process would undo SQLite's locks.
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        self._guard = threading.Lock()
        self._connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        self._connection.row_factory = sqlite3.Row
        # Readers must not keep smsd from writing: it notes what it has just sent.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA secure_delete = ON")
        self._make_tables()

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            self._connection.close()

    def put(self, reference: str, recipient: str, text: str) -> None:
        """Give smsd a message, unless it has it or has sent it."""
        with self._writing() as rows:
            if self._progress(rows, reference).stage not in (Stage.ABSENT, Stage.WITHDRAWN, Stage.UNSURE):
                return
            rows.execute("UPDATE modem SET concatenation = concatenation + 1")
            (concatenation,) = rows.execute("SELECT concatenation FROM modem").fetchone()
            parts = split(text, concatenation)
            self._insert(rows, reference, recipient, parts)

    def progress(self, reference: str) -> Progress:
        """How far a message is."""
        with self._guard:
            return self._progress(self._connection, reference)

    def take_back(self, reference: str) -> bool:
        """Take a message back that smsd has not taken up; False when it is too late for that, or it is not here."""
        with self._writing() as rows:
            if self._progress(rows, reference).stage is not Stage.WAITING:
                return False
            self._remove(rows, reference, Stage.WITHDRAWN)
            return True

    def give_up(self, reference: str) -> None:
        """Take a message from smsd that it failed to send, or is stuck with."""
        with self._writing() as rows:
            progress = self._progress(rows, reference)
            if progress.stage in (Stage.WAITING, Stage.SENDING, Stage.REFUSED):
                # smsd notes a failed try without a code also when it was ended in the middle of one.
                is_refused = progress.stage is Stage.REFUSED and progress.code > 0
                is_certain = progress.stage is Stage.WAITING or is_refused
                self._remove(rows, reference, Stage.WITHDRAWN if is_certain else Stage.UNSURE)

    def give_up_all(self) -> None:
        """Empty smsd's queue, before it starts: the assistant's outbox knows what is to be sent."""
        with self._guard:
            references = [row["CreatorID"] for row in self._connection.execute("SELECT CreatorID FROM outbox")]
        for reference in references:
            self.give_up(reference)

    def send_rest(self, reference: str) -> None:
        """Let smsd try the parts once more that were refused; it leaves out those it has sent."""
        with self._writing() as rows:
            rows.execute(
                "UPDATE outbox_multipart SET StatusCode = -1 WHERE ID IN (SELECT ID FROM outbox WHERE CreatorID = ?)",
                (reference,),
            )
            rows.execute(
                "UPDATE outbox SET SendingTimeOut = ?, Retries = 0 WHERE CreatorID = ?", (UNTOUCHED, reference)
            )

    def pieces(self) -> list[Piece]:
        """Everything that came in and was not settled, in the order of arrival."""
        with self._guard:
            found = self._connection.execute(
                "SELECT ID, SenderNumber, ReceivingDateTime, StoredAt, Text, Coding, UDH FROM inbox ORDER BY ID"
            ).fetchall()
        return [
            Piece(
                id=row["ID"],
                sender=row["SenderNumber"],
                sent_at=row["ReceivingDateTime"],
                stored_at=row["StoredAt"],
                text=row["Text"],
                is_binary=row["Coding"] == "8bit",
                header=row["UDH"],
            )
            for row in found
        ]

    def were_delivered(self, identities: Sequence[str]) -> bool:
        """Whether all of these parts have been delivered before."""
        with self._guard:
            return all(
                self._connection.execute("SELECT 1 FROM delivered WHERE identity = ?", (identity,)).fetchone()
                for identity in identities
            )

    def settle(self, ids: Sequence[int], identities: Sequence[str]) -> None:
        """The assistant has stored these parts: remember them and erase the rows."""
        with self._writing() as rows:
            rows.executemany("INSERT OR IGNORE INTO delivered (identity) VALUES (?)", [(each,) for each in identities])
            rows.executemany("DELETE FROM inbox WHERE ID = ?", [(each,) for each in ids])

    def quarantine(self, id: int) -> None:
        """Put a row aside that cannot be read, so that it is in nobody's way; it goes after :data:`KEPT_DAYS`."""
        with self._writing() as rows:
            rows.execute(
                "INSERT OR IGNORE INTO damaged (id, stored_at, sender, text, header)"
                " SELECT ID, StoredAt, SenderNumber, Text, UDH FROM inbox WHERE ID = ?",
                (id,),
            )
            rows.execute("DELETE FROM inbox WHERE ID = ?", (id,))

    def damaged(self) -> int:
        """How many rows lie aside."""
        with self._guard:
            (count,) = self._connection.execute("SELECT COUNT(*) FROM damaged").fetchone()
        return int(count)

    def reports(self) -> list[Report]:
        """Messages of which the network has said what became of them, and which were not reported yet."""
        with self._guard:
            found = self._connection.execute(
                "SELECT h.reference, h.parts, SUM(s.Status = 'DeliveryOK') AS delivered,"
                " SUM(s.Status = 'DeliveryFailed') AS failed,"
                " MAX(CASE WHEN s.Status = 'DeliveryFailed' THEN s.StatusError END) AS code"
                " FROM handed h JOIN sentitems s ON s.ID = h.outbox_id WHERE h.reported = 0"
                " GROUP BY h.reference HAVING failed > 0 OR delivered = h.parts"
            ).fetchall()
        return [
            Report(row["reference"], Delivery.FAILED, f"status_{row['code']}")
            if row["failed"]
            else Report(row["reference"], Delivery.DELIVERED, None)
            for row in found
        ]

    def reported(self, reference: str) -> None:
        """The assistant knows; the number is needed no longer."""
        with self._writing() as rows:
            rows.execute("UPDATE handed SET reported = 1 WHERE reference = ?", (reference,))
            rows.execute("UPDATE sentitems SET DestinationNumber = '' WHERE CreatorID = ?", (reference,))

    def forget(self, days: float = KEPT_DAYS) -> None:
        """Erase what is older: no report comes any more."""
        oldest = "((julianday('now') - 2440587.5) * 86400.0 - ?)"
        with self._writing() as rows:
            rows.execute(
                "DELETE FROM sentitems WHERE ID IN (SELECT outbox_id FROM handed WHERE at < " + oldest + ")",
                (days * 86400,),
            )
            rows.execute(
                "DELETE FROM handed WHERE at < " + oldest + " AND outbox_id NOT IN (SELECT ID FROM outbox)",
                (days * 86400,),
            )
            rows.execute("DELETE FROM delivered WHERE at < " + oldest, (days * 86400,))
            rows.execute("DELETE FROM damaged WHERE stored_at < " + oldest, (days * 86400,))

    def modem(self) -> ModemRow:
        """What is known about the modem."""
        with self._guard:
            row = self._connection.execute("SELECT state, pulse, connections FROM modem").fetchone()
        return ModemRow(row["state"], row["pulse"], row["connections"])

    def note_state(self, state: str) -> None:
        """Say how the modem is, to all processes."""
        with self._writing() as rows:
            rows.execute("UPDATE modem SET state = ?", (state,))

    def _make_tables(self) -> None:
        with self._writing() as rows:
            # Spools of versions before lack it.
            rows.execute(_DAMAGED)
            if rows.execute("SELECT 1 FROM sqlite_master WHERE name = 'modem'").fetchone():
                return
            for statement in _statements((Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")):
                rows.execute(statement)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._guard:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @staticmethod
    def _progress(rows: sqlite3.Connection, reference: str) -> Progress:
        handed = rows.execute("SELECT * FROM handed WHERE reference = ?", (reference,)).fetchone()
        if handed is None:
            return Progress(Stage.ABSENT)
        id, parts = handed["outbox_id"], handed["parts"]
        (sent,) = rows.execute(f"SELECT COUNT(*) FROM sentitems WHERE ID = ? AND Status IN {_SENT}", (id,)).fetchone()
        if sent >= parts:
            return Progress(Stage.SENT, parts, sent)
        waiting = rows.execute("SELECT SendingTimeOut, Retries, StatusCode FROM outbox WHERE ID = ?", (id,)).fetchone()
        if waiting is None:
            return Progress(Stage(handed["fate"] or Stage.UNSURE), parts, sent)
        if waiting["Retries"]:
            (later,) = rows.execute("SELECT MAX(StatusCode) FROM outbox_multipart WHERE ID = ?", (id,)).fetchone()
            code = waiting["StatusCode"] if sent == 0 else later
            return Progress(Stage.REFUSED, parts, sent, -1 if code is None else code)
        stage = Stage.WAITING if waiting["SendingTimeOut"] == UNTOUCHED else Stage.SENDING
        return Progress(stage, parts, sent)

    @staticmethod
    def _insert(rows: sqlite3.Connection, reference: str, recipient: str, parts: Sequence[Part]) -> None:
        first = parts[0]
        several = "true" if len(parts) > 1 else "false"
        id = rows.execute(
            "INSERT INTO outbox (Text, DestinationNumber, Coding, UDH, MultiPart, CreatorID) VALUES (?, ?, ?, ?, ?, ?)",
            (first.text, recipient, first.coding, first.header, several, reference),
        ).lastrowid
        rows.executemany(
            "INSERT INTO outbox_multipart (ID, SequencePosition, Text, Coding, UDH) VALUES (?, ?, ?, ?, ?)",
            [(id, place, part.text, part.coding, part.header) for place, part in enumerate(parts[1:], 2)],
        )
        rows.execute(
            "INSERT OR REPLACE INTO handed (reference, outbox_id, parts) VALUES (?, ?, ?)", (reference, id, len(parts))
        )

    @staticmethod
    def _remove(rows: sqlite3.Connection, reference: str, fate: Stage) -> None:
        (id,) = rows.execute("SELECT outbox_id FROM handed WHERE reference = ?", (reference,)).fetchone()
        rows.execute("DELETE FROM outbox WHERE ID = ?", (id,))
        rows.execute("DELETE FROM outbox_multipart WHERE ID = ?", (id,))
        rows.execute("UPDATE handed SET fate = ? WHERE reference = ?", (fate.value, reference))


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: executescript would commit in between."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
