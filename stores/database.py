"""The relational database: one way to open it, to read, to write and to bring its tables up to date.

A room keeps its tables beside its code on the shared :class:`Base` (``catalogue/tables.py``) and its
migrations in ``stores/migrations/versions`` as a branch of its own, so that two rooms never have to agree on
one order.

SQLite is the default; PostgreSQL is reached through psycopg 3. Open a :class:`Database` in the process that
uses it: connections do not survive a fork.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, event, inspect, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from runtime.messages import Message

if TYPE_CHECKING:
    from alembic.config import Config

SQLITE_BUSY_SECONDS = 15.0
"""How long one process waits for another one's SQLite write before it gives up."""

_BUSY_MILLISECONDS = int(SQLITE_BUSY_SECONDS * 1000)

WRITE_LOCK_LOOK_SECONDS = 0.001
"""How often a process that waits to write looks whether it may."""

ROOM_PAGES = 2_000
"""Pages (8 MB) of a file given back at a time; the job comes every minute."""

_INCREMENTAL = 2
_MOST_WRITTEN_ANEW = 50_000
"""Pages (200 MB) of a file that is written anew while others wait."""

POSTGRES_CONNECT_SECONDS = 5
"""A server that does not answer within this time counts as down."""

MIGRATION_LOCK = 7_215_402_611
"""Key of the PostgreSQL advisory lock held while tables change; any number nobody else uses."""

VERSIONS = "alembic_version"
"""Alembic's own table."""
_REVISION = re.compile(r'^(revision|down_revision) = "(\w+)"$', re.MULTILINE)

MIGRATIONS = Path(__file__).resolve().parent / "migrations"

_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class TablesAreNewer(RuntimeError):
    """A newer version of the program made the tables; the message says what to do. Nothing was changed."""


class Base(DeclarativeBase):
    """What every table of the project derives from; constraints get the same name on every database."""

    metadata = MetaData(naming_convention=_NAMES)


class Database:
    """One database and its connections; safe to share between threads.

    ``url`` is an SQLAlchemy address: ``sqlite:///file``, ``postgresql://…`` or ``postgresql+psycopg://…``.
    The folder of an SQLite file is made when it is missing. Every commit waits for the disk, so that neither a power
    cut nor a disk that fails takes back what somebody was told is kept; ``sqlite:///file?durable=0`` does not wait, for
    data nobody would miss.
    """

    def __init__(self, url: str) -> None:
        self._url = _with_driver(make_url(url))
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self._engine = _sqlite_engine(self._url) if self.is_sqlite else _postgres_engine(self._url)
        self._writer = self._engine.execution_options(begin_immediate=True)

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database; None for PostgreSQL, and for one in memory."""
        name = self._url.database if self.is_sqlite else None
        return Path(name).absolute() if name and name != ":memory:" else None

    @property
    def engine(self) -> Engine:
        """The engine, for libraries that ask for one."""
        return self._engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; what it loaded stays usable after it is closed."""
        with Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self, patience: float | None = None) -> Iterator[Session]:
        """A session that is committed at the end and rolled back by an exception.

        Args:
            patience: seconds it may wait for others that write, where somebody waits for us; None for as long as usual.

        On SQLite it takes the write lock at its start: a transaction that reads first and writes later would
        be refused at once, without waiting, when another process has written in between.
        """
        writer = self._writer if patience is None else self._writer.execution_options(write_patience=patience)
        with Session(writer, expire_on_commit=False) as session, session.begin():
            if patience is not None and not self.is_sqlite:
                session.execute(text(f"SET LOCAL lock_timeout = {int(patience * 1000)}"))
            yield session

    def migrate(self) -> None:
        """Create or change the tables to what the code expects; several processes may do so at once."""
        if self._is_up_to_date():
            return
        with self._writer.connect() as connection, connection.begin():
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            self.upgrade(connection, ("heads",))

    def _is_up_to_date(self) -> bool:
        """Whether the tables are those of this version: the usual case, told without loading Alembic."""
        with self._engine.connect() as connection:
            if not inspect(connection).has_table(VERSIONS):
                return False
            found = set(connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalars())
        if newer := ", ".join(sorted(found - _revisions()[0])):
            raise TablesAreNewer(
                Message(
                    "the database's tables are of a newer version of Một Cửa ({newer}): start that version here too, "
                    "or stop every host and restore a backup of this one",
                    newer=newer,
                )
            )
        return found == heads()

    def upgrade(self, connection: Connection, revisions: Sequence[str]) -> None:
        """Bring the tables to revisions, in the transaction of a connection that holds the lock."""
        # Loading Alembic takes a quarter of a second, which only the process that migrates should spend.
        from alembic import command

        config = alembic_config()
        config.attributes["connection"] = connection
        for revision in revisions:
            command.upgrade(config, revision)

    def ping(self) -> None:
        """Ask the database for a sign of life; raises SQLAlchemy's error when there is none."""
        with self._engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def drop_log(self) -> bool:
        """Have what was deleted disappear from SQLite's log of changes, too; False while somebody reads there."""
        if not self.is_sqlite:
            return True
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # Writers wait meanwhile: rather leave it for the next time than let them wait for a slow reader.
            connection.exec_driver_sql("PRAGMA busy_timeout=100")
            try:
                busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
            return not busy

    def give_room_back(self, most: int = ROOM_PAGES) -> int:
        """Let SQLite's file shrink by pages that deleting has freed; PostgreSQL's autovacuum does so by itself.

        A file that was made before it could is written anew once, where that takes moments.

        Args:
            most: pages at a time, so that nobody waits long to write.

        Returns:
            Pages given back.
        """
        if not self.is_sqlite:
            return 0
        raw = self._engine.raw_connection()
        try:
            driver = raw.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            pages, free, mode = (_number(driver, name) for name in ("page_count", "freelist_count", "auto_vacuum"))
            if mode != _INCREMENTAL:
                if free * 4 < pages or pages > _MOST_WRITTEN_ANEW:
                    return 0
                driver.execute(f"PRAGMA auto_vacuum={_INCREMENTAL}")
                driver.execute("VACUUM")
            elif free:
                # It does a page at each step, and execute() takes but one.
                driver.executescript(f"PRAGMA incremental_vacuum({most})")
            left = _number(driver, "page_count")
        finally:
            raw.close()
        return pages - left

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()


@cache
def heads() -> frozenset[str]:
    """The last revision of every branch; read off the files, whose first lines all have one form."""
    made, followed = _revisions()
    return made - followed


@cache
def _revisions() -> tuple[frozenset[str], frozenset[str]]:
    """Every revision there is, and those that another one follows."""
    made: set[str] = set()
    followed: set[str] = set()
    for path in (MIGRATIONS / "versions").glob("*.py"):
        for name, value in _REVISION.findall(path.read_text(encoding="utf-8")):
            (made if name == "revision" else followed).add(value)
    return frozenset(made), frozenset(followed)


def whole_tables(connection: Connection) -> MetaData:
    """The tables there are, without those of PostgreSQL that are a month of another: what they hold is in that one."""
    parts: frozenset[str] = frozenset()
    if connection.dialect.name == "postgresql":
        query = text("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")
        parts = frozenset(connection.execute(query).scalars())
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name not in parts)
    return found


def alembic_config() -> Config:
    """Where the migrations are."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _number(driver: sqlite3.Connection, pragma: str) -> int:
    (value,) = driver.execute(f"PRAGMA {pragma}").fetchone()
    return int(value)


def _with_driver(url: URL) -> URL:
    """``postgresql://`` and ``postgres://`` mean psycopg 3 here, the driver the project installs."""
    if url.drivername in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def _postgres_engine(url: URL) -> Engine:
    return create_engine(
        url,
        pool_pre_ping=True,
        connect_args={"connect_timeout": POSTGRES_CONNECT_SECONDS, "application_name": "motcua"},
    )


def _sqlite_engine(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    durable = url.query.get("durable") != "0"
    engine = create_engine(url.difference_update_query(["durable"]), connect_args={"timeout": SQLITE_BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    if not durable:
        event.listen(engine, "connect", _do_not_wait_for_disk)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # Python's sqlite3 would open transactions by itself, and too late; _begin_sqlite does it where SQLAlchemy
    # says.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    # Holds for a file that is made now. To others it does nothing but wait for whoever writes, which may be the caller.
    if not _number(connection, "page_count"):
        cursor.execute(f"PRAGMA auto_vacuum={_INCREMENTAL}")
    _switch_to_wal(cursor)
    # NORMAL would leave commits in the system's memory until the next checkpoint, minutes perhaps: a provider that got
    # its 200 brings nothing again.
    cursor.execute("PRAGMA synchronous=FULL")
    # What is deleted is overwritten: whoever takes the disk must not find what a citizen had erased.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _do_not_wait_for_disk(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _switch_to_wal(cursor: sqlite3.Cursor) -> None:
    """Readers and the writer stop blocking each other. The file remembers it, so this is needed only once.

    SQLite does not wait for its busy timeout here, and several processes may start on a new file together.
    """
    deadline = time.monotonic() + SQLITE_BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("begin_immediate", False):
        connection.exec_driver_sql("BEGIN")
        return
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute("PRAGMA busy_timeout=0")
    try:
        if not _has_write_lock(driver, options.get("write_patience", SQLITE_BUSY_SECONDS)):
            # What is wrong, told as SQLAlchemy tells it.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")


def _has_write_lock(connection: sqlite3.Connection, patience: float) -> bool:
    """Begin to write, waiting for whoever writes now; False when that does not end, or something else is wrong.

    SQLite itself would look again after 1, 2, 5, 10 and up to 100 ms, so that who has waited longest looks least
    often; our transactions take about a millisecond.
    """
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            connection.execute("BEGIN IMMEDIATE")
            return True
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                return False
            time.sleep(WRITE_LOCK_LOOK_SECONDS)
    return False
