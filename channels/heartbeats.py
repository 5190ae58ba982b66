"""Workers that live, kept in Redis: what readiness shows, and what ``motcua up`` waits for."""

from __future__ import annotations

import time

from redis import Redis

KEY = "motcua:workers"
EVERY_SECONDS = 5.0
ALIVE_SECONDS = 20.0
"""A worker not heard of for so long counts as gone."""


class NoWorker(Exception):
    """No worker has given a sign of life."""


class Heartbeats:
    """Every method may raise :class:`redis.RedisError`.

    Args:
        redis: any client.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def beat(self, owner: str) -> None:
        """This worker lives and does its work."""
        now = time.time()
        with self._redis.pipeline() as pipeline:
            pipeline.zadd(KEY, {owner: now})
            pipeline.zremrangebyscore(KEY, 0, now - ALIVE_SECONDS)
            pipeline.execute()

    def stop(self, owner: str) -> None:
        """This worker ends."""
        self._redis.zrem(KEY, owner)

    def check(self) -> None:
        """Raise :class:`NoWorker` unless there is one."""
        if not self.any_since(time.time() - ALIVE_SECONDS):
            raise NoWorker

    def any_since(self, moment: float) -> bool:
        """Whether a worker has given a sign of life since a moment (seconds since 1970)."""
        return bool(self._redis.zcount(KEY, moment, "+inf"))
