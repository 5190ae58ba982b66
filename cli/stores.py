"""Stores for one-shot commands: the running system's, or the data folder's own for as long as the command runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import redis

from runtime.settings import Settings
from stores.redis_clients import connect
from stores.redis_server import RedisServer


@contextmanager
def running_redis(settings: Settings) -> Iterator[redis.Redis]:
    """A client; starts the embedded server for the time of the command when no system is running."""
    server = None
    if settings.redis_url is None:
        server = RedisServer(settings.data_path / "redis")
        server.start()
    try:
        with connect(settings) as client:
            yield client
    finally:
        if server is not None:
            server.stop()
