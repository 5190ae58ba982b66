"""The one rate limiter: how much a number, a visit, a box, an address, the installation may ask for (``limits.yml``).

Every door counts here: messages, calls, texts and call-backs at a wish, wrong passwords, keys, digits and codes. One
step in Redis looks at all limits that hold for a wish and counts under all of them, or under none; so any number of
processes share one count. What is counted under is hashed: a limit needs sameness, never a number. What was refused is
added up by limit, for ``motcua_limits_reached_total``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import yaml
from redis import Redis, RedisError

from runtime import logs
from runtime.messages import Message
from runtime.settings import Settings
from stores.redis_addresses import beside
from stores.sealing import Seal

FILE = Path(__file__).with_name("limits.yml")
INSTALLATION: Final = "installation"
KEY_PREFIX: Final = "motcua:limit:"
REACHED_KEY: Final = "motcua:limits_reached"
"""Hash of how much each limit has refused since the store began, by the limit's name."""

_MOST_KEPT = 10_000
"""Counts a process holds while Redis is away."""

_log = logs.get(__name__)

# A count is a hash: n, how many; ends (ms), when it is forgotten; over, how many were refused; and for what can be
# handed back or comes again under its name, a field of its own.
# KEYS: what was refused altogether, then the counts. ARGV: now (ms; empty: the store's clock), what is counted, whether
# it counts once; then for each count: most, window (ms), whether the window begins anew each time, the limit's name.
# Returns the count that refuses it (0: none), when that ends, how many are left, and the how manieth refusal this is.
_TAKE: Final = """
local now = tonumber(ARGV[1])
if not now then
  local clock = redis.call('TIME')
  now = clock[1] * 1000 + math.floor(clock[2] / 1000)
end
local field = 'i:' .. ARGV[2]
local named, once = ARGV[2] ~= '', ARGV[3] == '1'
local counts, refused = {}, 0
for i = 2, #KEYS do
  local kept = redis.call('HMGET', KEYS[i], 'n', 'ends', 'over')
  local count = {n = tonumber(kept[1] or 0), ends = tonumber(kept[2] or 0), over = tonumber(kept[3] or 0)}
  if count.ends <= now then
    redis.call('DEL', KEYS[i])
    count = {n = 0, ends = 0, over = 0}
  end
  counts[i] = count
  if once then
    local before = tonumber(redis.call('HGET', KEYS[i], field) or 0)
    if before > 0 then return {0, count.ends, 0, 0} end
    if before < 0 then return {i - 1, count.ends, 0, -before} end
  end
  local most = tonumber(ARGV[4 * i - 4])
  if count.n >= most and (refused == 0 or count.ends > counts[refused].ends) then refused = i end
end
if refused > 0 then
  local over = redis.call('HINCRBY', KEYS[refused], 'over', 1)
  redis.call('HINCRBY', KEYS[1], ARGV[4 * refused - 1], 1)
  if once and over <= 1000 then redis.call('HSET', KEYS[refused], field, -over) end
  return {refused - 1, counts[refused].ends, 0, over}
end
local left, full = math.huge, 0
for i = 2, #KEYS do
  local count, most, window = counts[i], tonumber(ARGV[4 * i - 4]), tonumber(ARGV[4 * i - 3])
  redis.call('HINCRBY', KEYS[i], 'n', 1)
  if named then redis.call('HINCRBY', KEYS[i], field, 1) end
  if count.n == 0 or ARGV[4 * i - 2] == '1' then
    count.ends = now + window
    redis.call('HSET', KEYS[i], 'ends', count.ends)
    redis.call('PEXPIRE', KEYS[i], window)
  end
  if most - count.n - 1 < left then left, full = most - count.n - 1, count.ends end
end
return {0, full, left, 0}
"""

# KEYS: the counts. ARGV: what was counted, "all" to forget every time it was or "one" to undo one.
_GIVE_BACK: Final = """
local field = 'i:' .. ARGV[1]
for _, key in ipairs(KEYS) do
  local times = tonumber(redis.call('HGET', key, field) or 0)
  local undone = ARGV[2] == 'all' and times or math.min(times, 1)
  if undone > 0 then
    if undone == times then redis.call('HDEL', key, field) else redis.call('HINCRBY', key, field, -undone) end
    if redis.call('HINCRBY', key, 'n', -undone) <= 0 then redis.call('DEL', key) end
  end
end
return 0
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
    moving: bool = False
    """Whether the window begins anew with each that is counted; else it begins with the first."""
    then: str = ""
    """What follows when it is reached, for the operator, where more than a refusal does."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one wish."""

    refused_by: str | None
    """The limit that refuses it; None: it may be."""
    ends_ms: int
    """When that limit's window ends, or when it would, were this the last: milliseconds since 1970."""
    left: int
    """How many more there may be."""
    refusals: int
    """Which refusal of this limit in its window this is, from 1; 0: none."""


class WrongLimit(ValueError):
    """``MOTCUA_LIMITS`` is no list of known limits with numbers; the message names what is wrong."""


def rules(changed: str = "", settings: Settings | None = None) -> Mapping[str, Rule]:
    """The table, by name, with what an operator has changed.

    Args:
        changed: as in ``MOTCUA_LIMITS``.
        settings: of which some limits take their numbers; None: their defaults.

    Raises:
        WrongLimit: ``changed`` names no limit, or no number.
    """
    found = {name: _rule(name, fields, settings) for name, fields in _table().items()}
    for entry in filter(None, (part.strip() for part in changed.split(","))):
        name, _, most = entry.partition("=")
        if name not in found:
            raise WrongLimit(Message("there is no limit {name}; there are {found}", name=name, found=", ".join(found)))
        if not (most.isascii() and most.isdigit()):
            raise WrongLimit(Message("{entry}: must be a limit's name, = and a whole number", entry=entry))
        if not int(most) and not _table()[name].get("may_be_none", True):
            raise WrongLimit(Message("{entry}: guessing must have a limit", entry=entry))
        found[name] = replace(found[name], most=int(most))
    return found


def rules_of(settings: Settings) -> Mapping[str, Rule]:
    """The table of an installation. Raises :class:`WrongLimit`."""
    return rules(settings.limits, settings)


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    table: Mapping[str, Mapping[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return table


def _rule(name: str, fields: Mapping[str, Any], settings: Settings | None) -> Rule:
    def number(of_table: Any) -> int:
        if isinstance(of_table, int):
            return of_table
        return int(getattr(settings, of_table) if settings is not None else Settings.model_fields[of_table].default)

    seconds = number(fields["minutes"]) * 60 if "minutes" in fields else number(fields["seconds"])
    shown = {key: fields[key] for key in ("of", "what", "moving", "then") if key in fields}
    return Rule(name=name, most=number(fields["most"]), seconds=seconds, **shown)


class Limiter:
    """The counts; safe to share between threads.

    Args:
        redis: a client of the shared store; answers as bytes or text, both work.
        seal: hides what is counted under.
        rules: by name.
        now_ms: milliseconds since 1970; None: the store's clock.
        clock: seconds, for counts of this process alone.
    """

    def __init__(
        self,
        redis: Redis,
        seal: Seal,
        rules: Mapping[str, Rule],
        now_ms: Callable[[], int] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rules = rules
        self._seal = seal
        self._redis = redis
        self._now_ms = now_ms
        self._clock = clock
        self._take = redis.register_script(_TAKE)
        self._give_back = redis.register_script(_GIVE_BACK)
        self._own: dict[str, tuple[int, float]] = {}
        self._guard = Lock()

    def take(self, counted: Sequence[tuple[str, str]], item: str = "", *, once: bool = False) -> Taken:
        """Count one wish under several limits at once; under none where one of them refuses it.

        Args:
            counted: names of limits, each with what is counted together.
            item: what is counted, where it may be handed back or comes again under this name.
            once: whether the item, named again, is not counted again and gets the same answer.

        Raises:
            redis.RedisError: the store does not answer.
        """
        rules = [(self._rules[name], subject) for name, subject in counted if self._rules[name].most]
        if not rules:
            return Taken(None, 0, 1, 0)
        arguments: list[str | int] = [
            self._now_ms() if self._now_ms is not None else "",
            self._item(item),
            int(once),
        ]
        for rule, _ in rules:
            arguments += [rule.most, rule.seconds * 1000, int(rule.moving), rule.name]
        keys = [self._key(rule, subject) for rule, subject in rules]
        refused, ends, left, refusals = map(int, self._take(keys=[REACHED_KEY, *keys], args=arguments))
        if not refused:
            return Taken(None, ends, left, 0)
        if refusals == 1:
            self._tell(rules[refused - 1][0])
        return Taken(rules[refused - 1][0].name, ends, 0, refusals)

    def give_back(self, counted: Sequence[tuple[str, str]], item: str, *, every: bool = False) -> None:
        """Undo one wish for an item, or every one. Raises ``redis.RedisError``."""
        keys = [self._key(self._rules[name], subject) for name, subject in counted]
        self._give_back(keys=keys, args=[self._item(item), "all" if every else "one"])

    def allows(self, name: str, subject: str = "", once: str | None = None) -> bool:
        """Count one, and whether it may be; while the store is away as far as this process knows.

        Args:
            name: of the rule.
            subject: what is counted together; empty for the whole installation.
            once: names what is counted; named again it is not counted again, and the answer is the same.
        """
        try:
            return self.take([(name, subject)], once or "", once=once is not None).refused_by is None
        except RedisError as error:
            _log.warning("limits are counted by each process alone", cause=type(error).__name__)
            rule = self._rules[name]
            number = self._own_number(self._key(rule, subject), rule)
            if number == rule.most + 1:
                self._tell(rule)
            return number <= rule.most

    def is_over(self, name: str, subject: str = "") -> bool:
        """Whether a limit is reached already; counts nothing."""
        rule = self._rules[name]
        key = self._key(rule, subject)
        try:
            number = int(self._redis.hget(key, "n") or 0)
        except RedisError:
            number = self._own.get(key, (0, 0.0))[0]
        return bool(rule.most) and number >= rule.most

    def _tell(self, rule: Rule) -> None:
        """Once a window, not with every request of a flood."""
        tell = _log.error if rule.of == INSTALLATION else _log.warning
        then = {"then": rule.then} if rule.then else {}
        tell("a limit is reached", limit=rule.name, most=rule.most, seconds=rule.seconds, of=rule.of, **then)

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

    def _item(self, item: str) -> str:
        return self._seal.hash("limit once", item) if item else ""

    def _key(self, rule: Rule, subject: str) -> str:
        hashed = self._seal.hash("limit " + rule.name, subject)
        # All of them together, since a wish counts under several at once.
        return beside(f"{KEY_PREFIX}{rule.name}:{hashed}:", REACHED_KEY)
