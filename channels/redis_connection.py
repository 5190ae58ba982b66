"""The gateway's connections to Redis."""

from __future__ import annotations

from redis import ConnectionError, Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from assistant.settings import Settings, SettingsError

SECONDS = 0.8
"""A store that does not answer within this time is treated as down.

A turn asks it three times at most; with the core's time limit of 12 s that stays below the 15 s after which a
provider gives up.
"""


def connect_redis(settings: Settings) -> Redis:
    """A connection pool for the store of this installation; connects on first use.

    Raises:
        SettingsError: no address is set.
    """
    if settings.redis_url is None:
        raise SettingsError(
            "MOTCUA_REDIS_URL is not set: `motcua up` sets it for the embedded server it starts"
        )
    return Redis.from_url(
        settings.redis_url,
        socket_timeout=SECONDS,
        socket_connect_timeout=SECONDS,
        # One new connection when an idle one was closed meanwhile, for instance by a restart of the server; a
        # server that does not answer at all is not asked twice.
        retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
    )
