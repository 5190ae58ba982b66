"""One message at a time in a conversation, over any number of core processes.

Rasa's own Redis lock polls once a second, and asks for itself what could be asked together: a turn took four round
trips. Here a lock is taken together with what its holder reads first, and given back together with what it writes last.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, LockError, LockStore
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from assistant.tracker_store import KEY_PREFIX, Connect
from stores.redis_addresses import beside

_POLL_SECONDS = 0.01
"""Between two tries of a waiting message: below what anybody notices, far above one Redis round trip."""

_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
"""A lock that outlived its lifetime may be somebody else's by now."""


class Held(TicketLock):  # type: ignore[misc]
    """A lock that was taken.

    Args:
        conversation: what it locks.
        key: in Redis.
        token: tells it from the locks of others.
        read: what was read with it.
    """

    def __init__(self, conversation: str, key: str, token: str, read: list[Any]) -> None:
        super().__init__(conversation)
        self.read = read
        self._key = key
        self._token = token
        self._left = False

    def release_by(self, pipeline: Pipeline) -> None:
        """Have a transaction give the lock back together with what it writes; nothing may be written after it."""
        pipeline.eval(_RELEASE, 1, self._key, self._token)
        self._left = True

    async def release(self, redis: Redis, failed: bool) -> None:
        """Give it back, unless a transaction has.

        Args:
            redis: where it is.
            failed: whether the holder failed; the transaction may not have come through then.
        """
        if failed or not self._left:
            await redis.eval(_RELEASE, 1, self._key, self._token)


class RedisLockStore(LockStore):  # type: ignore[misc]
    """Conversation locks in Redis.

    Args:
        connect: makes the Redis client on first use.
        wait_seconds: how long a message waits for the one before it.
    """

    def __init__(self, connect: Connect, wait_seconds: float = 30.0) -> None:
        self._connect = connect
        self._redis: Redis | None = None
        self._wait_seconds = wait_seconds
        self._process = secrets.token_hex(8)
        self._number = itertools.count()

    async def disconnect(self) -> None:
        """Give back the connections."""
        if self._redis is not None:
            await self._redis.aclose()

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = _POLL_SECONDS,
        read: Callable[[Pipeline], None] | None = None,
    ) -> AsyncGenerator[Held, None]:
        """Hold the conversation while the body runs.

        Args:
            conversation_id: what to lock.
            lock_lifetime: seconds until others may take it all the same.
            wait_time_in_seconds: between two tries.
            read: asks for what is to be read as soon as the lock is held; called for each try.

        Raises:
            LockError: when the message before has not ended within the waiting time.
        """
        if self._redis is None:
            self._redis = self._connect()
        key = beside("motcua:lock:", KEY_PREFIX + conversation_id)
        token = f"{self._process}.{next(self._number)}"
        given_up = time.monotonic() + self._wait_seconds
        while True:
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.set(key, token, nx=True, px=int(lock_lifetime * 1000))
            if read is not None:
                read(pipeline)
            taken, *found = await pipeline.execute()
            if taken:
                break
            if time.monotonic() + wait_time_in_seconds > given_up:
                raise LockError("the message before is still being answered")
            await asyncio.sleep(wait_time_in_seconds)
        held, failed = Held(conversation_id, key, token, found), True
        try:
            yield held
            failed = False
        finally:
            await held.release(self._redis, failed)
