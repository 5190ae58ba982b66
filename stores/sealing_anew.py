"""Everything that is sealed, sealed anew while the system runs: every text column of the database, every key of Redis.

Found by its form, so that what a room adds later is reached without a list. A value that changed meanwhile stays as it
is: whoever changed it has sealed it with the newest key already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from redis import Redis
from sqlalchemy import Table, Text, select, update
from sqlalchemy.sql.schema import Column

from stores.database import Database, whole_tables
from stores.sealing import Seal, SealBroken

BATCH = 200
_SEALED = re.compile(r"gAAAA[A-Za-z0-9_=-]{60,}")
_KEYS = ("motcua:*", "kiosk:*")

# KEYS: a list. ARGV: index, value read, value to write.
_REPLACE_IN_LIST = """
if redis.call('LINDEX', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('LSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1
"""
# KEYS: a string. ARGV: value read, value to write.
_REPLACE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL') end
return 1
"""


@dataclass(slots=True)
class Sealed:
    """What was found."""

    anew: int = 0
    unreadable: int = 0
    """Sealed with none of the keys there are."""


class SealingAnew:
    """One pass after another.

    Args:
        database: whose tables are made.
        redis: decodes its answers.
        seal: has the newest key in front.
    """

    def __init__(self, database: Database, redis: Redis, seal: Seal) -> None:
        self._database = database
        self._redis = redis
        self._seal = seal

    def run(self) -> Sealed:
        """Seal everything anew once."""
        found = Sealed()
        self._rows(found)
        self._values(found)
        return found

    def _rows(self, found: Sealed) -> None:
        for table, column in _columns(self._database):
            keys = list(table.primary_key.columns)
            query = select(*keys, column).where(column.like("gAAAA%"))
            with self._database.reading() as session:
                rows = session.execute(query).all()
            for start in range(0, len(rows), BATCH):
                with self._database.writing() as session:
                    for *key, value in rows[start : start + BATCH]:
                        closed = self._anew(value, found)
                        if closed == value:
                            continue
                        same = [own == is_now for own, is_now in zip(keys, key, strict=True)]
                        session.execute(update(table).where(*same, column == value).values({column.name: closed}))

    def _values(self, found: Sealed) -> None:
        replace, replace_in_list = map(self._redis.register_script, (_REPLACE, _REPLACE_IN_LIST))
        for pattern in _KEYS:
            for key in self._redis.scan_iter(match=pattern, count=500):
                kind = self._redis.type(key)
                if kind == "string":
                    try:
                        value = self._redis.get(key)
                    except UnicodeDecodeError:
                        # A sketch that counts conversations: no text, and nothing sealed.
                        continue
                    if value is not None and (closed := self._within(str(value), found)) != value:
                        replace(keys=[key], args=[value, closed])
                elif kind == "list":
                    for index, value in enumerate(self._redis.lrange(key, 0, -1)):
                        if (closed := self._within(str(value), found)) != value:
                            replace_in_list(keys=[key], args=[index, value, closed])

    def _within(self, text: str, found: Sealed) -> str:
        return _SEALED.sub(lambda match: self._anew(match[0], found), text)

    def _anew(self, value: str, found: Sealed) -> str:
        try:
            closed = self._seal.closed_anew(value)
        except SealBroken:
            found.unreadable += 1
            return value
        found.anew += 1
        return closed


def readable(database: Database, seal: Seal, most: int = 20) -> tuple[int, int]:
    """How many of the first sealed values of each column can be opened, and how many were looked at."""
    opened = looked = 0
    for _table, column in _columns(database):
        with database.reading() as session:
            for value in session.scalars(select(column).where(column.like("gAAAA%")).limit(most)):
                looked += 1
                opened += _opens(seal, value)
    return opened, looked


def _opens(seal: Seal, value: str) -> bool:
    try:
        seal.open(value)
    except SealBroken:
        return False
    return True


def _columns(database: Database) -> Iterator[tuple[Table, Column[str]]]:
    with database.engine.connect() as connection:
        there = whole_tables(connection)
    for table in there.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Text) and table.primary_key.columns and not column.primary_key:
                yield table, column


def rotate(
    sealing: SealingAnew, add_key: Callable[[], None], drop_old: Callable[[], None], pause: Callable[[], None]
) -> Sealed:
    """Put a new key in front, seal everything with it, and drop the others.

    Args:
        sealing: of the installation.
        add_key: puts a new key in front.
        drop_old: keeps the newest alone.
        pause: lets what processes are just sealing with the old key be written.
    """
    add_key()
    pause()
    first = sealing.run()
    pause()
    # What was sealed with the old key while the first pass ran.
    second = sealing.run()
    drop_old()
    return Sealed(first.anew, second.unreadable)
