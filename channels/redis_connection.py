"""The gateway's connections to Redis."""

from __future__ import annotations

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from assistant.settings import Settings, SettingsError

SECONDS = 1.0
"""A store that does not answer within this time is treated as down: a citizen waits 15 s at most for
everything.
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
        # One new connection when an idle one was closed meanwhile, for instance by a restart of the server.
        retry=Retry(NoBackoff(), 1),
    )
