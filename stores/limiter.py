"""The one limiter: how much a number, a visit, a box, an address, the installation may ask for (``limits.yml``).

Counted in Redis, in one step each, so that any number of processes share one count; while Redis is away each process
counts for itself. What is counted under is hashed: a limit needs sameness, never a number.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

import yaml
from redis import Redis, RedisError

from runtime import logs
from stores.sealing import Seal

FILE = Path(__file__).with_name("limits.yml")
INSTALLATION: Final = "installation"

_MOST_KEPT = 10_000
"""Counts a process holds while Redis is away."""

_log = logs.get(__name__)

# KEYS: count, number of what is counted once. ARGV: seconds, whether there is a second key.
# Returns which one this is since the window began.
_COUNT: Final = """
if ARGV[2] == '1' then
  local mine = redis.call('GET', KEYS[2])
  if mine then return mine end
end
local number = redis.call('INCR', KEYS[1])
if number == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
if ARGV[2] == '1' then redis.call('SET', KEYS[2], number, 'EX', ARGV[1]) end
return number
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """One limit."""

    name: str
    most: int
    """0: without limit."""
    seconds: int
    of: str
    what: str


class WrongLimit(ValueError):
    """``MOTCUA_LIMITS`` is no list of known limits with numbers; the message names what is wrong."""


@cache
def rules(changed: str = "") -> Mapping[str, Rule]:
    """The table, by name, with what an operator has changed.

    Args:
        changed: as in ``MOTCUA_LIMITS``.

    Raises:
        WrongLimit: ``changed`` names no limit, or no number.
    """
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    found = {name: Rule(name=name, **fields) for name, fields in content.items()}
    for entry in filter(None, (part.strip() for part in changed.split(","))):
        name, _, most = entry.partition("=")
        if name not in found:
            raise WrongLimit(f"there is no limit {name}; there are {', '.join(found)}")
        if not (most.isascii() and most.isdigit()):
            raise WrongLimit(f"{entry}: must be a limit's name, = and a whole number")
        old = found[name]
        found[name] = Rule(name, int(most), old.seconds, old.of, old.what)
    return found


class Limiter:
    """The counts; safe to share between threads.

    Args:
        redis: a client that decodes its answers.
        seal: hides what is counted under.
        rules: by name.
        reached: told the rule's name when something was over it.
        clock: seconds, for counts of this process alone.
    """

    def __init__(
        self,
        redis: Redis,
        seal: Seal,
        rules: Mapping[str, Rule],
        reached: Callable[[str], object] = lambda name: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rules = rules
        self._seal = seal
        self._reached = reached
        self._clock = clock
        self._script = redis.register_script(_COUNT)
        self._own: dict[str, tuple[int, float]] = {}
        self._guard = Lock()

    def allows(self, name: str, subject: str = "", once: str | None = None) -> bool:
        """Count one, and whether it may be.

        Args:
            name: of the rule.
            subject: what is counted together; empty for the whole installation.
            once: names what is counted; named again it is not counted again, and the answer is the same.
        """
        rule = self._rules[name]
        if not rule.most:
            return True
        number = self._number(rule, subject, once)
        if number <= rule.most:
            return True
        self._reached(name)
        if number == rule.most + 1:
            # Once a window, not with every request of a flood.
            tell = _log.error if rule.of == INSTALLATION else _log.warning
            tell("a limit is reached", limit=name, most=rule.most, seconds=rule.seconds)
        return False

    def is_over(self, name: str, subject: str = "") -> bool:
        """Whether a limit is reached already; counts nothing."""
        rule = self._rules[name]
        try:
            number = int(self._script.registered_client.get(self._key(rule, subject)) or 0)
        except RedisError:
            number = self._own.get(self._key(rule, subject), (0, 0.0))[0]
        return bool(rule.most) and number >= rule.most

    def _number(self, rule: Rule, subject: str, once: str | None) -> int:
        key = self._key(rule, subject)
        other = f"{key}:{self._seal.hash('limit once', once)}" if once is not None else key
        try:
            return int(self._script(keys=[key, other], args=[rule.seconds, int(once is not None)]))
        except RedisError as error:
            _log.warning("limits are counted by each process alone", cause=type(error).__name__)
            return self._own_number(key, rule)

    def _own_number(self, key: str, rule: Rule) -> int:
        now = self._clock()
        with self._guard:
            if len(self._own) >= _MOST_KEPT:
                self._own = {key: kept for key, kept in self._own.items() if kept[1] > now}
            number, ends = self._own.get(key, (0, now + rule.seconds))
            if ends <= now:
                number, ends = 0, now + rule.seconds
            if len(self._own) < _MOST_KEPT:
                self._own[key] = (number + 1, ends)
            return number + 1

    def _key(self, rule: Rule, subject: str) -> str:
        return "motcua:limit:" + rule.name + ":" + self._seal.hash("limit " + rule.name, subject)
