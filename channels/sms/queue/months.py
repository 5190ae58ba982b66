"""Rows of text messages have an end: months of PostgreSQL are dropped whole, single rows go where there are no months.

On PostgreSQL both tables are partitioned by the month of Vietnam's clock (migration ``months_0001``). Rows from before
that, and those that came while no month was ready, lie in partitions of their own and are deleted one by one, as on
SQLite, whose file then shrinks (:meth:`stores.database.Database.give_room_back`).
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from channels.sms.queue.tables import incoming, outgoing
from runtime import logs
from runtime.clock import VIETNAM
from stores.database import Database

AHEAD = 2
"""Months that are ready beyond the present one."""
BATCH = 1_000
"""Rows deleted in one transaction, so that nobody waits long for it."""
MOST_BATCHES = 20
"""At a time; the job comes every minute."""
LOCK_SECONDS = 2
"""What making or dropping a month waits for others that read or write; then it is left for the next time."""

_PARTITIONS = text(
    "SELECT child.relname, pg_get_expr(child.relpartbound, child.oid) FROM pg_inherits "
    "JOIN pg_class child ON child.oid = inhrelid WHERE inhparent = to_regclass(:table)"
)
_BOUNDS = re.compile(r"FROM \((?:'([\d.e+]+)'|MINVALUE)\) TO \('([\d.e+]+)'\)")

_log = logs.get(__name__)


class Months:
    """Call :meth:`end_before` now and then; raises SQLAlchemy's errors when the database is away.

    Args:
        database: its tables are made.
        clock: seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def end_before(self, moment: float) -> int:
        """Delete rows stored before a moment (seconds since 1970); returns how many rows and whole months went."""
        ended = 0
        for table, column in ((incoming, incoming.c.stored_at), (outgoing, outgoing.c.created_at)):
            if not self._database.is_sqlite:
                ended += self._keep_months(table.name, moment)
            ended += self._delete(table, column, moment)
        return ended

    def _keep_months(self, name: str, moment: float) -> int:
        with self._database.reading() as session:
            there = {part: _bounds(said) for part, said in session.execute(_PARTITIONS, {"table": name})}
        if not there:
            return 0
        first = datetime.fromtimestamp(self._clock(), VIETNAM)
        for year, month in (_shifted(first.year, first.month, by) for by in range(AHEAD + 1)):
            starts = _starts(year, month)
            if not any(lower <= starts < upper for lower, upper in there.values()):
                made, bounds = f"{name}_{year:04d}_{month:02d}", f"({starts}) TO ({_starts(*_shifted(year, month, 1))})"
                self._change(f"CREATE TABLE {made} PARTITION OF {name} FOR VALUES FROM {bounds}", made)
        ended = sorted(part for part, (_, upper) in there.items() if upper <= moment)
        return sum(self._change(f"DROP TABLE {part}", part) for part in ended)

    def _change(self, statement: str, partition: str) -> bool:
        """Whether it could be done now."""
        try:
            with self._database.writing(patience=LOCK_SECONDS) as session:
                session.execute(text(statement))
        except (OperationalError, DBAPIError) as error:
            # Others hold the table, another worker was first, or rows of the month lie among those of no month.
            _log.warning("a month of messages is left as it is", partition=partition, cause=type(error.orig).__name__)
            return False
        _log.info("months of messages changed", partition=partition)
        return True

    def _delete(self, table: Table, column: Any, moment: float) -> int:
        deleted = 0
        for _ in range(MOST_BATCHES):
            with self._database.writing() as session:
                gone = _delete_some(session, table, column, moment)
            deleted += gone
            if gone < BATCH:
                break
        return deleted


def _delete_some(session: Session, table: Table, column: Any, moment: float) -> int:
    ids = list(session.scalars(select(table.c.id).where(column < moment).order_by(column).limit(BATCH)))
    if ids:
        session.execute(delete(table).where(table.c.id.in_(ids), column < moment))
    return len(ids)


def _shifted(year: int, month: int, by: int) -> tuple[int, int]:
    return year + (month - 1 + by) // 12, (month - 1 + by) % 12 + 1


def _starts(year: int, month: int) -> float:
    """The first moment of a month of Vietnam's clock, in seconds since 1970."""
    return datetime(year, month, 1, tzinfo=VIETNAM).timestamp()


def _bounds(said: str) -> tuple[float, float]:
    """From when until when a partition takes rows, seconds since 1970; nothing for the one that takes what is left."""
    found = _BOUNDS.search(said)
    if found is None:
        return math.inf, math.inf
    return float(found[1]) if found[1] else -math.inf, float(found[2])
