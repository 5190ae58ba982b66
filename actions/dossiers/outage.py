"""A switch that makes the sandbox fail, shared by every process."""

from __future__ import annotations

from typing import Final

from redis import Redis
from redis.exceptions import RedisError

from actions.dossiers.backend import BackendUnavailable

KEY: Final = "motcua:sandbox:outage"


class OutageSwitch:
    """On: every question to the sandbox fails, in all processes at once, until it is switched off."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def turn_on(self) -> None:
        """Make the sandbox fail. Raises ``redis.exceptions.RedisError`` when the store is silent."""
        self._redis.set(KEY, "on")

    def turn_off(self) -> None:
        """Let the sandbox recover. Raises ``redis.exceptions.RedisError`` when the store is silent."""
        self._redis.delete(KEY)

    def is_on(self) -> bool:
        """Whether the sandbox fails now. Raises ``redis.exceptions.RedisError`` when the store is silent."""
        return bool(self._redis.exists(KEY))

    def check(self) -> None:
        """Pass when the sandbox may answer.

        Raises:
            BackendUnavailable: the switch is on, or cannot be read.
        """
        try:
            down = self.is_on()
        except RedisError as error:
            raise BackendUnavailable(f"the outage switch cannot be read: {type(error).__name__}") from error
        if down:
            raise BackendUnavailable("the sandbox is switched off (motcua sandbox outage off brings it back)")
