"""Redis clients for the address in the settings, or for the embedded server of the data folder."""

from __future__ import annotations

import redis
import redis.asyncio
from redis import ConnectionError
from redis.backoff import NoBackoff
from redis.retry import Retry

from runtime.settings import Settings
from stores.redis_addresses import async_client_at, client_at
from stores.redis_server import socket_path

_TIMEOUT_SECONDS = 5.0

HURRIED_SECONDS = 0.8
"""A store that does not answer within this time is treated as down by who must answer in time.

A turn asks it three times at most; with the core's time limit of 12 s that stays below the 15 s after which a
provider gives up.
"""


def redis_url(settings: Settings) -> str:
    """The address in use: the one set, or the embedded server's socket."""
    return settings.redis_url or f"unix://{socket_path(settings.data_path / 'redis')}"


def connect(settings: Settings, *, hurried: bool = False) -> redis.Redis:
    """A client with a connection pool; connects on first use.

    Args:
        settings: of the installation.
        hurried: wait :data:`HURRIED_SECONDS` at most.
    """
    if hurried:
        return client_at(
            redis_url(settings),
            decode_responses=True,
            socket_timeout=HURRIED_SECONDS,
            socket_connect_timeout=HURRIED_SECONDS,
            # One new connection when an idle one was closed meanwhile, for instance by a restart of the server; a
            # server that does not answer at all is not asked twice.
            retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
        )
    return client_at(
        redis_url(settings), decode_responses=True, socket_timeout=_TIMEOUT_SECONDS, health_check_interval=30
    )


def connect_async(settings: Settings) -> redis.asyncio.Redis:
    """An asyncio client; make it inside the event loop that uses it."""
    return async_client_at(
        redis_url(settings), decode_responses=True, socket_timeout=_TIMEOUT_SECONDS, health_check_interval=30
    )
