"""Redis clients for the address in the settings, or for the embedded server of the data folder."""

from __future__ import annotations

import redis
import redis.asyncio

from runtime.settings import Settings
from stores.redis_server import socket_path

_TIMEOUT_SECONDS = 5.0


def redis_url(settings: Settings) -> str:
    """The address in use: the one set, or the embedded server's socket."""
    return settings.redis_url or f"unix://{socket_path(settings.data_path / 'redis')}"


def connect(settings: Settings) -> redis.Redis:
    """A client with a connection pool; connects on first use."""
    return redis.Redis.from_url(
        redis_url(settings), decode_responses=True, socket_timeout=_TIMEOUT_SECONDS, health_check_interval=30
    )


def connect_async(settings: Settings) -> redis.asyncio.Redis:
    """An asyncio client; make it inside the event loop that uses it."""
    return redis.asyncio.Redis.from_url(
        redis_url(settings), decode_responses=True, socket_timeout=_TIMEOUT_SECONDS, health_check_interval=30
    )
