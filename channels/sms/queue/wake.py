"""Calls from process to process: look, there is something new. They carry nothing, and losing one loses nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

from redis import Redis, RedisError

CHANNEL = "motcua:sms:wake"
INCOMING = "in"
OUTGOING = "out"

SILENT_SECONDS = 5.0
"""After a failure Redis is not called for so long: the worker looks once a second anyway, and a citizen's provider
must not wait for a server that hangs."""


class Wake:
    """Wakes the worker through Redis; safe to share between threads.

    Args:
        redis: with a short time limit.
        clock: seconds, monotonic.
    """

    def __init__(self, redis: Redis, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis
        self._clock = clock
        self._silent_until = 0.0

    def incoming(self) -> None:
        """A message waits for its answer."""
        self._call(INCOMING)

    def outgoing(self) -> None:
        """A message waits to be sent."""
        self._call(OUTGOING)

    def _call(self, what: str) -> None:
        if self._clock() < self._silent_until:
            return
        try:
            self._redis.publish(CHANNEL, what)
        except RedisError:
            self._silent_until = self._clock() + SILENT_SECONDS
