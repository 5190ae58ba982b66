"""A database copied as it was at one moment, while everybody goes on writing, and put back.

SQLite gives its own file by the backup API; PostgreSQL gives each table by COPY in one transaction that sees one
snapshot (REPEATABLE READ). No program of either needs to be installed.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from alembic.script import ScriptDirectory
from psycopg import Connection as PsycopgConnection
from psycopg import sql
from sqlalchemy import Connection, inspect, text

from runtime.messages import Message
from stores import apart
from stores.apart import ApartWriter, Line
from stores.database import MIGRATION_LOCK, VERSIONS, Database, alembic_config, whole_tables

SQLITE_FILE = "motcua.db"
ENDING = ".copy"
"""Of a table's file, in PostgreSQL's own text format."""
SEQUENCES = "sequences.json"
"""Where PostgreSQL's counters of ids stand: a number an operator has seen must never come to mean another row."""
_PIECE = 1 << 20


class CannotRestore(RuntimeError):
    """The copy cannot be put back here; the message says why, and the cure. Nothing was changed."""


def copy_out(database: Database, folder: Path, persons: ApartWriter) -> list[str]:
    """Write the database into an empty folder.

    Args:
        database: of the installation.
        folder: of the backup's database.
        persons: takes the rows that are somebody's.

    Returns:
        the revisions its tables have, for :func:`copy_in`.

    Raises:
        SQLAlchemyError: it cannot be read.
    """
    if database.is_sqlite:
        assert database.file is not None
        copy_sqlite(database.file, folder / SQLITE_FILE)
        apart.take_out_of_sqlite(folder / SQLITE_FILE, persons)
        copied = Database(f"sqlite:///{folder / SQLITE_FILE}")
        try:
            return revisions_of(copied)
        finally:
            copied.close()
            _end_log(folder / SQLITE_FILE)
    with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        driver = _driver(connection)
        for name in whole_tables(connection).tables:
            if name in {VERSIONS, apart.KEYS_TABLE}:
                continue
            nobodys = "true"
            if (owned := apart.TABLES.get(name)) is not None:
                nobodys = f"NOT ({apart.belongs(owned)})"
            query = sql.SQL("COPY (SELECT * FROM {} WHERE {}) TO STDOUT").format(sql.Identifier(name), sql.SQL(nobodys))
            with (
                driver.cursor() as cursor,
                (folder / f"{name}{ENDING}").open("wb") as file,
                cursor.copy(query) as rows,
            ):
                for piece in rows:
                    file.write(piece)
        for name, owned in apart.TABLES.items():
            for row in apart.rows_of_postgres(connection, name):
                persons.put((owned.kind, *(row[column] or "" for column in owned.columns)), name, row)
        counters_of = text(
            "SELECT schemaname || '.' || sequencename, last_value FROM pg_sequences "
            "WHERE schemaname = current_schema() AND last_value IS NOT NULL"
        )
        counters = {row[0]: row[1] for row in connection.execute(counters_of)}
        (folder / SEQUENCES).write_text(json.dumps(counters), encoding="utf-8")
        return _revisions(connection)


def copy_sqlite(source: Path, target: Path) -> None:
    """A SQLite file as it is at this moment, log of changes included; a writer in between begins the copy anew."""
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, timeout=30)) as here,
        closing(sqlite3.connect(target)) as there,
    ):
        # In one step: in several, each write from outside would begin the copy anew, for ever on a busy system.
        here.backup(there, pages=-1)


def revisions_of(database: Database) -> list[str]:
    """The revisions the tables have; empty for a database without tables."""
    with database.engine.connect() as connection:
        return _revisions(connection)


def unknown_revisions(revisions: list[str]) -> list[str]:
    """Those this version of the program does not know: a newer one made them."""
    script = ScriptDirectory.from_config(alembic_config())
    known = {revision.revision for revision in script.walk_revisions()}
    return [revision for revision in revisions if revision not in known]


def copy_in(database: Database, folder: Path, revisions: list[str], persons: Iterator[Line]) -> None:
    """Put a copy back in the place of whatever the database holds, and bring it up to date.

    Args:
        database: of the same kind as the copied one; nobody else uses it.
        folder: as :func:`copy_out` left it.
        revisions: what it gave.
        persons: the rows that were somebody's, as far as they can be opened.

    Raises:
        CannotRestore: a copy of another kind of database, or of a newer version.
        SQLAlchemyError: it cannot be written; on PostgreSQL it then is as it was.
    """
    if newer := unknown_revisions(revisions):
        raise CannotRestore(
            Message("it was made by a newer version ({newer}): restore it with that version", newer=", ".join(newer))
        )
    is_sqlite = (folder / SQLITE_FILE).exists()
    if is_sqlite != database.is_sqlite:
        kind = "SQLite" if is_sqlite else "PostgreSQL"
        raise CannotRestore(
            Message("it holds a {kind} database, and MOTCUA_DATABASE_URL names another kind", kind=kind)
        )
    if database.is_sqlite:
        assert database.file is not None
        database.close()
        _end_log(database.file)
        database.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        apart.put_into_sqlite(folder / SQLITE_FILE, persons)
        beside = database.file.with_name(f".{database.file.name}.restored")
        shutil.copyfile(folder / SQLITE_FILE, beside)
        beside.replace(database.file)
    else:
        _copy_into_postgres(database, folder, revisions, persons)
    database.migrate()


def others_on(database: Database) -> int:
    """How many connections of the program a PostgreSQL server has beside the one that asks; 0 for SQLite."""
    if database.is_sqlite:
        return 0
    with database.engine.connect() as connection:
        query = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND application_name = 'motcua' AND pid <> pg_backend_pid()"
        )
        return int(connection.execute(query).scalar_one())


def _copy_into_postgres(database: Database, folder: Path, revisions: list[str], persons: Iterator[Line]) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        found = whole_tables(connection)
        found.drop_all(connection)
        database.upgrade(connection, revisions)
        tables = whole_tables(connection)
        driver = _driver(connection)
        for table in reversed(tables.sorted_tables):
            if table.name != VERSIONS:
                # Some migrations leave rows of their own.
                connection.execute(table.delete())
        for table in tables.sorted_tables:
            file = folder / f"{table.name}{ENDING}"
            if not file.exists():
                continue
            command = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table.name))
            with driver.cursor() as cursor, cursor.copy(command) as rows:
                for piece in _pieces(file):
                    rows.write(piece)
        apart.put_into_postgres(connection, persons)
        for name, value in json.loads((folder / SEQUENCES).read_text(encoding="utf-8")).items():
            connection.execute(text("SELECT setval(:name, :value)"), {"name": name, "value": value})


def _revisions(connection: Connection) -> list[str]:
    if not inspect(connection).has_table(VERSIONS):
        return []
    return sorted(connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalars())


def _end_log(file: Path) -> None:
    """Take the log of changes into the file, so that the file alone is the database."""
    if file.exists():
        with closing(sqlite3.connect(file, timeout=30)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _driver(connection: Connection) -> PsycopgConnection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, PsycopgConnection)
    return driver


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            yield piece
