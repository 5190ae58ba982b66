"""Providers deliver at least once; a citizen is answered once."""

from __future__ import annotations

from datetime import timedelta

from redis import Redis, RedisError

from assistant import logs
from stores.sealing import Seal

REMEMBERED = timedelta(hours=48)
"""How long a provider may take to deliver the same message again."""

_log = logs.get(__name__)


class Repeats:
    """Which messages were taken already, by provider and the provider's id."""

    def __init__(self, redis: Redis, seal: Seal) -> None:
        self._redis = redis
        self._seal = seal

    def take(self, provider: str, message_id: str) -> bool:
        """Claim a message; False when somebody, perhaps another process a moment ago, has claimed it.

        Atomic. Without Redis every message counts as new: two answers are better than none.
        """
        try:
            return bool(self._redis.set(self._key(provider, message_id), b"1", nx=True, ex=REMEMBERED))
        except RedisError as error:
            _log.warning("repeats cannot be told", cause=type(error).__name__)
            return True

    def give_back(self, provider: str, message_id: str) -> None:
        """Forget a claim because handling failed, so that the provider's next try is answered."""
        try:
            self._redis.delete(self._key(provider, message_id))
        except RedisError as error:
            _log.warning("claim on a message cannot be given back", cause=type(error).__name__)

    def _key(self, provider: str, message_id: str) -> str:
        return f"motcua:seen:{provider}:{self._seal.hash('message', message_id)}"
