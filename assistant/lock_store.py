"""One message at a time in a conversation, over any number of core processes.

Rasa's own Redis lock polls once a second, so a second message waits up to a second. This one is told by Redis.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, LockError, LockStore
from redis.asyncio import Redis
from redis.exceptions import LockError as RedisLockError
from redis.exceptions import LockNotOwnedError

from assistant.tracker_store import Connect

_POLL_SECONDS = 0.01
"""Between two tries of a waiting message: below what anybody notices, far above one Redis round trip."""


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
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold the conversation while the body runs.

        Raises:
            LockError: when the message before has not ended within the waiting time.
        """
        if self._redis is None:
            self._redis = self._connect()
        lock = self._redis.lock(
            "motcua:lock:" + conversation_id,
            timeout=lock_lifetime,
            sleep=_POLL_SECONDS,
            blocking_timeout=self._wait_seconds,
        )
        try:
            if not await lock.acquire():
                raise LockError("the message before is still being answered")
            yield TicketLock(conversation_id)
        finally:
            # Never taken, or it outlived its lifetime: either way it is not ours to release.
            with suppress(LockNotOwnedError, RedisLockError):
                await lock.release()
