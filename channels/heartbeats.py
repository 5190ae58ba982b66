"""Workers that live, and whether their routes work, kept in Redis: for readiness, and for ``motcua up``."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from redis import Redis

from stores.redis_addresses import beside

KEY = "motcua:workers"
ROUTES_KEY = beside("motcua:worker_routes:", KEY)
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

    def beat(self, owner: str, routes: Mapping[str, bool] | None = None) -> None:
        """This worker lives and does its work.

        Args:
            owner: which worker.
            routes: whether each of its routes takes messages at present.
        """
        now = time.time()
        gone = [str(owner) for owner in self._redis.zrangebyscore(KEY, 0, now - ALIVE_SECONDS)]
        with self._redis.pipeline() as pipeline:
            pipeline.zadd(KEY, {owner: now})
            pipeline.zremrangebyscore(KEY, 0, now - ALIVE_SECONDS)
            if gone:
                pipeline.hdel(ROUTES_KEY, *gone)
            pipeline.hset(ROUTES_KEY, owner, json.dumps(dict(routes or {})))
            pipeline.execute()

    def stop(self, owner: str) -> None:
        """This worker ends."""
        self._redis.zrem(KEY, owner)
        self._redis.hdel(ROUTES_KEY, owner)

    def check(self) -> None:
        """Raise :class:`NoWorker` unless there is one."""
        if not self.any_since(time.time() - ALIVE_SECONDS):
            raise NoWorker

    def any_since(self, moment: float) -> bool:
        """Whether a worker has given a sign of life since a moment (seconds since 1970)."""
        return bool(self._redis.zcount(KEY, moment, "+inf"))

    def routes(self) -> dict[str, bool]:
        """The routes of the workers that live; true where at least one of them gets messages out by it."""
        alive = [str(owner) for owner in self._redis.zrangebyscore(KEY, time.time() - ALIVE_SECONDS, "+inf")]
        found: dict[str, bool] = {}
        for told in self._redis.hmget(ROUTES_KEY, alive) if alive else ():
            for name, works in json.loads(told or "{}").items():
                found[name] = found.get(name, False) or bool(works)
        return dict(sorted(found.items()))
