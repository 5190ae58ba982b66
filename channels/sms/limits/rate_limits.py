"""Rate limits, how much one number may ask for: enough for a family that shares a telephone, too little for a machine.

Counted in Redis, in one step each, so that any number of processes share one count. Without Redis everything is
allowed: a citizen's answer is worth more than a limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from redis import Redis, RedisError

from runtime import logs
from runtime.settings import Settings

SHORT_SECONDS: Final = 600
DAY_SECONDS: Final = 86_400
RIGHTS_A_DAY: Final = 10
"""Wishes to see or erase what is kept that a number may send in a day: so many tries guess no code of four digits."""

_log = logs.get(__name__)

# A window begins with its first message. A message over the short limit does not count for the day as well, or a
# child playing with the keys for an hour would cost its family the whole day.
# KEYS: short, day. ARGV: short limit, short seconds, day limit, day seconds (a limit of 0 means none).
# Returns 0 allowed, 1 first over the short limit, 2 first over the day's, 3 over one of them.
_TAKE: Final = """
local function count(key, seconds)
  local number = redis.call('INCR', key)
  if number == 1 then redis.call('EXPIRE', key, seconds) end
  return number
end
local short, day = tonumber(ARGV[1]), tonumber(ARGV[3])
if short > 0 then
  local number = count(KEYS[1], ARGV[2])
  if number > short then return number == short + 1 and 1 or 3 end
end
if day > 0 then
  local number = count(KEYS[2], ARGV[4])
  if number > day then return number == day + 1 and 2 or 3 end
end
return 0
"""

# KEYS: count, number of this turn. ARGV: seconds. Returns which one this is since the window began.
_COUNT: Final = """
local mine = redis.call('GET', KEYS[2])
if mine then return mine end
local number = redis.call('INCR', KEYS[1])
if number == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
redis.call('SET', KEYS[2], number, 'EX', ARGV[1])
return number
"""


class Allowed(StrEnum):
    """Whether a message is answered; the first one over a limit is told so, those after it meet silence."""

    YES = "yes"
    TELL_SHORT = "tell_short"
    TELL_DAY = "tell_day"
    TELL_LOOK_UPS = "tell_look_ups"
    NO = "no"


_ALLOWED = (Allowed.YES, Allowed.TELL_SHORT, Allowed.TELL_DAY, Allowed.NO)


@dataclass(frozen=True, slots=True)
class Quota:
    """What one number may do; 0 means without limit."""

    short: int
    """Messages answered in ten minutes."""
    day: int
    """Messages answered in a day."""
    look_ups: int
    """Dossiers looked up in a day, right or wrong."""

    @classmethod
    def from_settings(cls, settings: Settings) -> Quota:
        """What an operator has set."""
        return cls(settings.sms_limit_short, settings.sms_limit_day, settings.sms_limit_look_ups)


class Limits:
    """The counts of all numbers; safe to share between threads.

    Args:
        redis: a client that decodes its answers.
        quota: what one number may do.
    """

    def __init__(self, redis: Redis, quota: Quota) -> None:
        self._redis = redis
        self._quota = quota
        self._take = redis.register_script(_TAKE)
        self._count = redis.register_script(_COUNT)

    def take(self, person: str) -> Allowed:
        """Count one message."""
        quota = self._quota
        try:
            found = self._take(
                keys=[f"motcua:sms:short:{person}", f"motcua:sms:day:{person}"],
                args=[quota.short, SHORT_SECONDS, quota.day, DAY_SECONDS],
            )
        except RedisError as error:
            _log.warning("messages cannot be counted", cause=type(error).__name__)
            return Allowed.YES
        return _ALLOWED[int(found)]

    def take_right(self, person: str, turn: str) -> Allowed:
        """Count one wish to see or erase what is kept: :data:`RIGHTS_A_DAY`, however many messages came otherwise."""
        try:
            number = self._number([f"motcua:sms:rights:{person}", f"motcua:sms:right:{turn}"])
        except RedisError as error:
            _log.warning("wishes cannot be counted", cause=type(error).__name__)
            return Allowed.YES
        return Allowed.YES if number <= RIGHTS_A_DAY else Allowed.NO

    def _number(self, keys: list[str]) -> int:
        return int(self._count(keys=keys, args=[DAY_SECONDS]))

    def take_look_up(self, person: str, turn: str) -> Allowed:
        """Count one dossier looked up; a turn tried again counts once.

        Args:
            person: who asks.
            turn: id of the turn.
        """
        limit = self._quota.look_ups
        if limit == 0:
            return Allowed.YES
        keys = [f"motcua:sms:look_ups:{person}", f"motcua:sms:look_up:{turn}"]
        try:
            number = self._number(keys)
        except RedisError as error:
            _log.warning("look-ups cannot be counted", cause=type(error).__name__)
            return Allowed.YES
        if number <= limit:
            return Allowed.YES
        return Allowed.TELL_LOOK_UPS if number == limit + 1 else Allowed.NO
