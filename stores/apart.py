"""What stands in a backup apart, each row under its person's or ticket's key, and everything else beside it.

One file of JSON lines, ``[token, sealed]``; sealed is what it is and the row: ``["sms_incoming", {"id": 1, …}]``. A
line whose key was destroyed is noise.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self, TextIO

from sqlalchemy import Connection, inspect, text

from stores.copy_keys import CopyKey, CopyKeys
from stores.database import Database

FILE = "persons.jsonl"

PERSON, TICKET, WAITING, CASE = "person", "ticket", "waiting", "case"
"""Kinds of subjects: by the keyed hash of a number, a ticket's number, a box's entry, the id of an exchanged case."""
REDIS, PHOTO = "redis", "photo"
"""What is no table."""


class Rows(NamedTuple):
    """The rows of a table that belong to somebody."""

    kind: str
    columns: tuple[str, ...]
    """Their content together says whose a row is; empty where nobody's any more."""


# Parents before children. tests/stores/test_apart.py fails when a table about citizens is missing here.
TABLES: Mapping[str, Rows] = {
    "sms_incoming": Rows(PERSON, ("person",)),
    "sms_outgoing": Rows(PERSON, ("person",)),
    "citizens_consents": Rows(PERSON, ("person",)),
    "citizens_preferences": Rows(PERSON, ("person",)),
    "dossier_follows": Rows(PERSON, ("person",)),
    "sms_campaign_recipient": Rows(PERSON, ("person",)),
    "warning_register": Rows(PERSON, ("person",)),
    "warning_recipient": Rows(PERSON, ("person",)),
    "erasures": Rows(PERSON, ("person",)),
    "tickets": Rows(TICKET, ("number",)),
    "ticket_lines": Rows(TICKET, ("number",)),
    "ticket_events": Rows(TICKET, ("number",)),
    "ticket_reports": Rows(TICKET, ("number",)),
    "centre_pending": Rows(WAITING, ("kiosk", "key")),
    "exchange_cases": Rows(CASE, ("id",)),
    "exchange_messages": Rows(CASE, ("case_id",)),
    "exchange_papers": Rows(CASE, ("case_id",)),
}
KEYS_TABLE = "copy_keys"


def belongs(rows: Rows) -> str:
    """The condition, in SQL, under which a row is somebody's."""
    return " AND ".join(f"{column} <> ''" for column in rows.columns)


@dataclass(frozen=True, slots=True)
class Line:
    """A row that could be opened."""

    what: str
    content: Any


class ApartWriter:
    """Writes the file; what has no key is left out: it was erased, or came, while the backup was made.

    Args:
        folder: of the backup.
        keys: of everybody, by subject.
        names: makes subjects.
    """

    def __init__(self, folder: Path, keys: Mapping[str, CopyKey], names: CopyKeys) -> None:
        self._path = folder / FILE
        self._keys = keys
        self._names = names
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        self._file = self._path.open("w", encoding="ascii")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def put(self, subject: tuple[str, ...], what: str, content: Any) -> bool:
        """Write one row; whether it could be."""
        key = self._keys.get(self._names.subject(*subject))
        if key is None or self._file is None:
            return False
        sealed = key.close(json.dumps([what, content], ensure_ascii=False).encode())
        self._file.write(json.dumps([key.token, base64.b64encode(sealed).decode()]) + "\n")
        return True


def lines(folder: Path, keys: Mapping[str, CopyKey]) -> Iterator[Line]:
    """What can be opened, in the order it was written.

    Args:
        folder: of the backup.
        keys: by token.

    Raises:
        SealBroken: a line was changed.
    """
    for token, sealed in _tokens(folder):
        if (key := keys.get(token)) is not None:
            yield Line(*json.loads(key.open(base64.b64decode(sealed))))


def tokens(folder: Path) -> set[str]:
    """Which keys it takes to open everything."""
    return {token for token, _ in _tokens(folder)}


def _tokens(folder: Path) -> Iterator[tuple[str, str]]:
    path = folder / FILE
    if path.exists():
        with path.open(encoding="ascii") as file:
            for line in file:
                token, sealed = json.loads(line)
                yield token, sealed


def subjects(database: Database) -> set[tuple[str, ...]]:
    """Everybody the database keeps something of."""
    found: set[tuple[str, ...]] = set()
    with database.reading() as session:
        for table, rows in TABLES.items():
            query = text(f"SELECT DISTINCT {', '.join(rows.columns)} FROM {table} WHERE {belongs(rows)}")
            found |= {(rows.kind, *row) for row in session.execute(query)}
    return found


def take_out_of_sqlite(file: Path, writer: ApartWriter) -> None:
    """Move everybody's rows out of a copied file, and what was deleted out of its free pages."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA secure_delete=ON")
        there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table, rows in TABLES.items():
            if table not in there:
                continue
            for row in connection.execute(f"SELECT * FROM {table} WHERE {belongs(rows)}"):
                writer.put((rows.kind, *(row[column] for column in rows.columns)), table, dict(row))
        for table in reversed(list(TABLES)):
            if table in there:
                connection.execute(f"DELETE FROM {table} WHERE {belongs(TABLES[table])}")
        if KEYS_TABLE in there:
            connection.execute(f"DELETE FROM {KEYS_TABLE}")
        connection.execute("VACUUM")


def put_into_sqlite(file: Path, rows: Iterator[Line]) -> None:
    """Put rows back into a copied file."""
    with closing(sqlite3.connect(file)) as connection, connection:
        for line in rows:
            if line.what in TABLES:
                names = ", ".join(line.content)
                marks = ", ".join("?" * len(line.content))
                connection.execute(
                    f"INSERT INTO {line.what} ({names}) VALUES ({marks})",
                    list(line.content.values()),
                )


def rows_of_postgres(connection: Connection, table: str) -> Iterator[dict[str, str | None]]:
    """Everybody's rows of a table as the server writes them, by column."""
    # Late: a box, whose rows SQLite holds, needs no driver of another database.
    from psycopg import sql

    columns = [column["name"] for column in inspect(connection).get_columns(table)]
    driver: Any = connection.connection.driver_connection
    query = sql.SQL("COPY (SELECT * FROM {} WHERE {}) TO STDOUT").format(
        sql.Identifier(table), sql.SQL(belongs(TABLES[table]))
    )
    with driver.cursor() as cursor, cursor.copy(query) as copy:
        for row in copy.rows():
            yield dict(zip(columns, row, strict=True))


def put_into_postgres(connection: Connection, rows: Iterator[Line]) -> None:
    """Put rows back, a table after the other."""
    # Late: a box, whose rows SQLite holds, needs no driver of another database.
    from psycopg import sql

    driver: Any = connection.connection.driver_connection
    rows_of_tables = (line for line in rows if line.what in TABLES)
    for table, of_table in groupby(rows_of_tables, key=lambda line: (line.what, tuple(line.content))):
        name, columns = table
        command = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with driver.cursor() as cursor, cursor.copy(command) as copy:
            for line in of_table:
                copy.write_row(tuple(line.content.values()))
