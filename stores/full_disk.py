"""Answering from memory while the disk of the embedded Redis takes nothing.

Redis refuses every write once its append-only file could not be written, although all it keeps is in memory: no
conversation could go on, and every question would be refused for want of a file nobody needs to answer it. So while the
disk is full its file is put off, and taken up again, written anew from memory, when there is room. Meanwhile a restart
would lose what conversations have come to since; what must not be lost is in the database, which refuses by itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from redis import Redis

from runtime import logs

EVERY_SECONDS: Final = 1.0
"""How often it is looked."""
ROOM: Final = 2.0
"""Times what Redis holds in memory that must be free before its file is written anew."""
LEAST_ROOM: Final = 8 * 2**20
"""Bytes; the same for a small store."""

_log = logs.get(__name__)


class FileOnFullDisk:
    """Looks after the append-only file of the embedded Redis, which begins with one; any number of processes may.

    Args:
        redis: a client that decodes its answers.
        folder: in which the file is.
        free: bytes free where it is.
    """

    def __init__(self, redis: Redis, folder: Path, free: Callable[[Path], int] | None = None) -> None:
        self._redis = redis
        self._folder = folder
        self._free = free or (lambda path: shutil.disk_usage(path).free)

    def step(self) -> None:
        """Put the file off, or take it up again, if it is time to.

        Raises:
            redis.RedisError: Redis does not answer.
        """
        state = self._redis.info("persistence")
        if int(state.get("aof_enabled", 0)):
            if state.get("aof_last_write_status") == "err":
                self._redis.config_set("appendonly", "no")
                _log.error("Redis writes no file: its disk takes nothing; answers go on from memory")
        elif self._free(self._folder) >= self._room():
            self._redis.config_set("appendonly", "yes")
            _log.warning("Redis writes its file again, anew from memory")

    def _room(self) -> float:
        held = int(self._redis.info("memory").get("used_memory", 0))
        return max(LEAST_ROOM, ROOM * held)
