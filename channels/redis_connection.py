"""The gateway's connections to Redis."""

from __future__ import annotations

from redis import ConnectionError, Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from runtime.settings import Settings
from stores.redis_clients import redis_url

SECONDS = 0.8
"""A store that does not answer within this time is treated as down.

A turn asks it three times at most; with the core's time limit of 12 s that stays below the 15 s after which a
provider gives up.
"""


def connect_redis(settings: Settings) -> Redis:
    """A connection pool for the store of this installation; connects on first use."""
    return Redis.from_url(
        redis_url(settings),
        decode_responses=True,
        socket_timeout=SECONDS,
        socket_connect_timeout=SECONDS,
        # One new connection when an idle one was closed meanwhile, for instance by a restart of the server; a
        # server that does not answer at all is not asked twice.
        retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
    )
