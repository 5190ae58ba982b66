"""What deleting leaves behind in files, and having it gone: Redis' append-only file, SQLite's log and free pages.

A deleted key of Redis stands in the append-only file until that is written anew, which Redis does only when the file
has doubled. A deleted row of SQLite is overwritten at once (``secure_delete``), but the page before it may still stand
in the log of changes. Why this and no key a person: docs/decisions/0038-erasing.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from redis import Redis, RedisError

from runtime import logs
from runtime.messages import Message
from stores.database import Database
from stores.redis_addresses import servers_of

REWRITE_SECONDS = 3_600.0
"""How long what Redis has deleted or let expire may stand in its file; after an erasure it is rewritten at once."""

_log = logs.get(__name__)


class Stage(StrEnum):
    """How far a rewriting of Redis' file is."""

    IDLE = "idle"
    RUNNING = "running"


class Traces:
    """Has traces removed, a step at a time; each step is short. One thread at a time.

    Args:
        database: whose log is dropped.
        redis: whose file is rewritten.
        clock: seconds since 1970.
    """

    def __init__(self, database: Database, redis: Redis, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._redis = redis
        self._clock = clock
        self._stage = Stage.IDLE
        self._began = 0.0
        self._clean_since = 0.0
        """Nothing that was deleted before this moment stands in Redis' file any more."""

    def step(self, deleted_at: float | None = None) -> bool:
        """Go on removing; whether nothing is left of what was deleted at a moment, or before.

        Args:
            deleted_at: seconds since 1970; None: only what is due hourly.

        Raises:
            RedisError: Redis is away, or refuses to rewrite its file.
            SQLAlchemyError: the database is away.
        """
        now = self._clock()
        if self._stage is Stage.RUNNING:
            self._look()
        wanted = now - REWRITE_SECONDS if deleted_at is None else deleted_at
        if self._stage is Stage.IDLE and self._clean_since <= wanted:
            self._begin(now)
        return self._clean_since > wanted and self._database.drop_log()

    def _begin(self, now: float) -> None:
        states = self._persistence()
        if any(_is_writing(state) for _, state in states):
            # It may have begun before the deletion.
            return
        for server, state in states:
            if int(state.get("aof_enabled", 0)):
                server.bgrewriteaof()
            elif server.config_get("save").get("save"):
                server.bgsave()
            elif state.get("aof_last_write_status") == "err":
                raise RedisError(
                    Message("Redis writes no file while its disk is full, and what was deleted stands in the old one")
                )
            else:
                # It keeps nothing in files.
                continue
            self._stage, self._began = Stage.RUNNING, now
        if self._stage is Stage.IDLE:
            self._clean_since = now

    def _look(self) -> None:
        states = [state for _, state in self._persistence()]
        if any(map(_is_writing, states)):
            return
        self._stage = Stage.IDLE
        if all(state.get(_last(state)) == "ok" for state in states):
            self._clean_since = self._began
        else:
            raise RedisError(Message("Redis could not write its file anew; its log says why"))

    def _persistence(self) -> list[tuple[Redis, dict[str, Any]]]:
        """Each server, of a cluster every master, with what it says of its files."""
        return [(server, server.info("persistence")) for server in servers_of(self._redis)]


def _is_writing(state: dict[str, Any]) -> bool:
    fields = ("aof_rewrite_in_progress", "aof_rewrite_scheduled", "rdb_bgsave_in_progress")
    return any(int(state.get(field, 0)) for field in fields)


def _last(state: dict[str, Any]) -> str:
    return "aof_last_bgrewrite_status" if int(state.get("aof_enabled", 0)) else "rdb_last_bgsave_status"
