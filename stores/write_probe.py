"""Write probes, signs of life that are written: a full disk, a read-only one and a standby that was promoted elsewhere
answer every question and keep nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from redis import Redis
from sqlalchemy import Column, Double, Table, Text, insert, update

from stores.database import Base, Database

KEY = "motcua:ready"
"""Written into Redis."""
KEY_SECONDS = 60
REST_SECONDS = 5.0
"""Balancers ask every second, from several places; a row a process in this time tells as much."""

signs = Table(
    "operation_signs",
    Base.metadata,
    Column("name", Text, primary_key=True),
    Column("at", Double, nullable=False),
)


class Written:
    """Whether database and Redis take what is written; safe to share between threads.

    Args:
        database: its tables are made.
        redis: any client.
        clock: seconds since 1970.
        ticks: seconds of a clock that only goes forward.
    """

    def __init__(
        self,
        database: Database,
        redis: Redis,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._redis = redis
        self._clock = clock
        self._ticks = ticks
        self._lock = threading.Lock()
        self._rested = float("-inf")

    def to_database(self) -> None:
        """Write a row, unless this process has just written one; then only ask.

        Raises:
            SQLAlchemyError: it cannot be written.
        """
        with self._lock:
            now = self._ticks()
            if now < self._rested:
                due = False
            else:
                self._rested, due = now + REST_SECONDS, True
        if not due:
            self._database.ping()
            return
        try:
            self._write_row()
        except BaseException:
            # What fails is tried again at the next question.
            self._rested = float("-inf")
            raise

    def _write_row(self) -> None:
        with self._database.writing() as session:
            changed = session.execute(update(signs).where(signs.c.name == KEY).values(at=self._clock()))
            if not changed.rowcount:  # type: ignore[attr-defined]
                session.execute(insert(signs).values(name=KEY, at=self._clock()))

    def to_redis(self) -> None:
        """Write a key.

        Raises:
            RedisError: it cannot be written.
        """
        self._redis.set(KEY, "1", ex=KEY_SECONDS)
