"""Counts wrong second factors and locks a look-up for a while.

A try is taken *before* the back end is asked, and handed back when it was right or could not be judged. So
any number of look-ups at once, in any number of processes, cannot buy more than the allowed tries.

Tries count twice: against the dossier code, whoever asks, and against the conversation, whatever it asks for.
A code nobody issued is counted exactly like a real one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from redis import Redis
from redis.exceptions import RedisError

from actions.dossiers.model import Clock, code_digits
from runtime.clock import VIETNAM
from stores.sealing import Seal

KEY_PREFIX: Final = "motcua:dossier:tries:"

# A key is a hash: one field a code with the tries made on it, and "ends", the moment (ms) at which the tries
# are forgotten or the lock opens. KEYS: code, conversation. ARGV: now, ends, code field, limit, ms to keep.
_TAKE: Final = """
local function tries(key)
  local sum, ends = 0, 0
  local fields = redis.call('HGETALL', key)
  for i = 1, #fields, 2 do
    if fields[i] == 'ends' then ends = tonumber(fields[i + 1]) else sum = sum + tonumber(fields[i + 1]) end
  end
  if ends <= tonumber(ARGV[1]) then
    redis.call('DEL', key)
    return 0, 0
  end
  return sum, ends
end
local limit = tonumber(ARGV[4])
local most, opens = 0, 0
for _, key in ipairs(KEYS) do
  local sum, ends = tries(key)
  if sum >= limit then opens = math.max(opens, ends) end
  most = math.max(most, sum)
end
if opens > 0 then return {-1, opens} end
for _, key in ipairs(KEYS) do
  redis.call('HINCRBY', key, ARGV[3], 1)
  redis.call('HSET', key, 'ends', ARGV[2])
  redis.call('PEXPIRE', key, ARGV[5])
end
return {limit - most - 1, tonumber(ARGV[2])}
"""

# KEYS: code, conversation. ARGV: code field, "all" to forgive every try on the code or "one" to undo one.
_RETURN: Final = """
for _, key in ipairs(KEYS) do
  if ARGV[2] == 'all' or tonumber(redis.call('HGET', key, ARGV[1]) or 0) <= 1 then
    redis.call('HDEL', key, ARGV[1])
  else
    redis.call('HINCRBY', key, ARGV[1], -1)
  end
  if redis.call('HLEN', key) <= 1 then redis.call('DEL', key) end
end
return 0
"""


class LockoutUnavailable(Exception):
    """Tries cannot be counted at the moment, so nothing may be looked up."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A try was taken; the look-up may go on."""

    tries_left: int
    """How many remain if this one turns out wrong; 0 means that a wrong one locks."""
    locked_until: datetime
    """When the lock opens, should this try have been the last."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The code or the conversation is locked."""

    until: datetime


class Lockout:
    """Tries in Redis, shared by every process. Safe for threads as far as the client is."""

    def __init__(
        self,
        redis: Redis,
        seal: Seal,
        clock: Clock,
        *,
        limit: int = 3,
        lock_for: timedelta = timedelta(minutes=15),
    ) -> None:
        """
        Args:
            redis: a client of the shared store; answers as bytes or text, both work.
            seal: hashes that under which tries are kept.
            clock: the present moment; processes sharing the store need clocks that agree.
            limit: wrong tries allowed before the lock.
            lock_for: how long the lock holds, and how long after the last try wrong ones are remembered.
        """
        if limit < 1 or lock_for <= timedelta(0):
            raise ValueError("limit and lock_for must be positive")
        self._clock = clock
        self._limit = limit
        self._lock_for = lock_for
        self._seal = seal
        self._take = redis.register_script(_TAKE)
        self._return = redis.register_script(_RETURN)

    def take(self, code: str, conversation: str) -> Taken | Refused:
        """Take one try on ``code``; refused while the code or the conversation is locked.

        Raises:
            LockoutUnavailable: the store does not answer.
        """
        now = self._clock()
        ends = now + self._lock_for
        keep_ms = _ms(self._lock_for)
        arguments: list[str | int] = [_unix_ms(now), _unix_ms(ends), self._field(code), self._limit, keep_ms]
        try:
            left, opens = self._take(keys=self._keys(code, conversation), args=arguments)
        except RedisError as error:
            raise LockoutUnavailable(f"tries cannot be counted: {type(error).__name__}") from error
        moment = datetime.fromtimestamp(int(opens) / 1000, VIETNAM)
        return Refused(moment) if int(left) < 0 else Taken(int(left), moment)

    def forgive(self, code: str, conversation: str) -> None:
        """The digits were right: forget the tries on this code, here and everywhere.

        Wrong tries of the conversation on *other* codes stay, so that knowing one dossier does not help to
        guess at others.

        Raises:
            LockoutUnavailable: the store does not answer; the try stays counted until it expires.
        """
        self._give(code, conversation, "all")

    def give_back(self, code: str, conversation: str) -> None:
        """The try could not be judged (back end down): undo it.

        Raises:
            LockoutUnavailable: the store does not answer; the try stays counted until it expires.
        """
        self._give(code, conversation, "one")

    def _give(self, code: str, conversation: str, how_many: str) -> None:
        try:
            self._return(keys=self._keys(code, conversation), args=[self._field(code), how_many])
        except RedisError as error:
            raise LockoutUnavailable(f"a try cannot be given back: {type(error).__name__}") from error

    def _field(self, code: str) -> str:
        # By its digits, so that a code typed in full and the same code keyed on a phone share their tries.
        return self._seal.hash("dossier code", code_digits(code) or code)

    def _keys(self, code: str, conversation: str) -> list[str]:
        hashed = self._seal.hash("conversation", conversation)
        return [f"{KEY_PREFIX}code:{self._field(code)}", f"{KEY_PREFIX}conversation:{hashed}"]


def _unix_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _ms(duration: timedelta) -> int:
    return max(1, round(duration.total_seconds() * 1000))
