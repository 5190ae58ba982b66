"""Counts wrong second factors, and stops whoever has guessed too often.

A try is taken *before* the back end is asked, and handed back when it was right or could not be judged. So any number
of look-ups at once, in any number of processes, cannot buy more than the allowed tries.

A try counts in several places at once, each with its own limit (:class:`Limits`): against the conversation, and against
every mark of whoever asks that outlives a conversation: a telephone number, an address, an enrolled box. These bind the
guesser alone. Two more see what all guessers do together: the dossier, and the whole installation in an hour. When one
of those is used up, four digits open nothing any longer but for whoever has proven this dossier before: a stranger must
not lock out the owner. A code nobody issued is counted exactly like a real one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from redis import Redis
from redis.exceptions import RedisError

from actions.dossiers.model import Clock, code_digits
from runtime import logs
from runtime.clock import VIETNAM
from stores.sealing import Seal

KEY_PREFIX: Final = "motcua:dossier:tries:"
PROVEN_PREFIX: Final = "motcua:dossier:proven:"
COUNTS_KEY: Final = "motcua:dossier:counts"
"""Hash of counters that only grow: ``wrong`` (tries that were not right), ``locked``, ``alarm``."""
WRONG_DIGITS: Final = (
    "many wrong digits: a dossier opens now only for who has proven it before, "
    "or by a one-time code to the number on it"
)
PROVEN_FOR: Final = timedelta(days=30)
"""How long whoever has proven a dossier is not bound by what strangers do to it."""

# A key is a hash: one field a code with the tries made on it, and "ends", the moment (ms) at which the tries are
# forgotten or the lock opens. KEYS: those counted under. ARGV: now, code field, then for each key its limit and how
# long it is kept (ms). Answers the tries left and the moment a lock would open; left -1: refused by the key with that
# number.
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
local now = tonumber(ARGV[1])
local left, opens, refused, full = 1000000, 0, 0, 0
for i, key in ipairs(KEYS) do
  local limit = tonumber(ARGV[1 + 2 * i])
  local sum, ends = tries(key)
  if sum >= limit and ends > opens then opens, refused = ends, i end
  if limit - sum - 1 < left then left = limit - sum - 1 full = now + tonumber(ARGV[2 + 2 * i]) end
end
if refused > 0 then return {-1, opens, refused} end
for i, key in ipairs(KEYS) do
  local keep = tonumber(ARGV[2 + 2 * i])
  redis.call('HINCRBY', key, ARGV[2], 1)
  redis.call('HSET', key, 'ends', now + keep)
  redis.call('PEXPIRE', key, keep)
end
return {left, full, 0}
"""

# KEYS: those counted under. ARGV: code field, "all" to forgive every try on the code or "one" to undo one.
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
_log = logs.get(__name__)


class LockoutUnavailable(Exception):
    """Tries cannot be counted at the moment, so nothing may be looked up."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many wrong tries are allowed, and how long after the last they are remembered."""

    tries: int
    keep: timedelta

    def __post_init__(self) -> None:
        if self.tries < 1 or self.keep <= timedelta(0):
            raise ValueError("limit and lock_for must be positive")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a guesser may do altogether. Of four digits against two numbers a dossier's nine tries a day are one chance
    in 555."""

    conversation: Limit = Limit(3, timedelta(minutes=15))
    """One conversation, call or visit."""
    person: Limit = Limit(10, timedelta(hours=24))
    """One telephone number."""
    place: Limit = Limit(30, timedelta(hours=1))
    """One address or enrolled box, where many people stand."""
    dossier: Limit = Limit(9, timedelta(hours=24))
    """Everybody at one dossier."""
    installation: Limit = Limit(300, timedelta(hours=1))
    """Everybody at everything."""


PERSON, PLACE = "person", "place"
"""Kinds of marks: ``person:HASH``, ``place:HASH``."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A try was taken; the look-up may go on."""

    tries_left: int
    """How many remain if this one turns out wrong; 0 means that a wrong one locks."""
    locked_until: datetime
    """When the lock opens, should this try have been the last."""


@dataclass(frozen=True, slots=True)
class Refused:
    """No try is left."""

    until: datetime
    of_all: bool = False
    """Whether what others did is a reason, and not only the tries of whoever asks."""


class Lockout:
    """Tries in Redis, shared by every process. Safe for threads as far as the client is."""

    def __init__(
        self, redis: Redis, seal: Seal, clock: Clock, limits: Limits = Limits(), *, alarm: str = WRONG_DIGITS
    ) -> None:
        """
        Args:
            redis: a client of the shared store; answers as bytes or text, both work.
            seal: hashes that under which tries are kept.
            clock: the present moment; processes sharing the store need clocks that agree.
            limits: how many wrong tries are allowed where.
            alarm: what operators read when everybody together has used up a limit.
        """
        self._alarm_text = alarm
        self._redis = redis
        self._clock = clock
        self._limits = limits
        self._seal = seal
        self._take = redis.register_script(_TAKE)
        self._return = redis.register_script(_RETURN)

    def take(self, code: str, conversation: str, marks: Sequence[str] = (), *, of_all: bool = True) -> Taken | Refused:
        """Take one try on ``code``; refused while a limit of whoever asks, or of everybody, is used up.

        Args:
            code: what is looked up.
            conversation: opaque id.
            marks: of whoever asks, see :data:`PERSON` and :data:`PLACE`; opaque, too.
            of_all: whether what everybody does together counts.

        Raises:
            LockoutUnavailable: the store does not answer.
        """
        now = self._clock()
        try:
            counted = self._counted(code, conversation, marks)
            if not of_all or any(self._redis.exists(self._proven(code, mark)) for mark in marks):
                counted = [one for one in counted if not one[2]]
            arguments: list[str | int] = [_unix_ms(now), self._field(code)]
            for _, limit, _ in counted:
                arguments += [limit.tries, _ms(limit.keep)]
            left, opens, refused = self._take(keys=[key for key, _, _ in counted], args=arguments)
            if int(left) >= 0:
                return Taken(int(left), _moment(opens))
            by_others = counted[int(refused) - 1][2]
            self._redis.hincrby(COUNTS_KEY, "locked", 1)
            if by_others:
                self._alarm(counted[int(refused) - 1][0])
        except RedisError as error:
            raise LockoutUnavailable(f"tries cannot be counted: {type(error).__name__}") from error
        return Refused(_moment(opens), by_others)

    def wrong(self) -> None:
        """A try was not right: counted for supervisors, in no relation to anybody."""
        try:
            self._redis.hincrby(COUNTS_KEY, "wrong", 1)
        except RedisError:
            return

    def forgive(self, code: str, conversation: str, marks: Sequence[str] = ()) -> None:
        """The digits were right: forget the tries on this code of whoever gave them, and that strangers made some.

        Wrong tries on *other* codes stay, so that knowing one dossier does not help to guess at others.

        Raises:
            LockoutUnavailable: the store does not answer; the try stays counted until it expires.
        """
        self._give(code, conversation, marks, "all")
        try:
            for mark in marks:
                # A place is no proof of who stands there.
                if mark.startswith(f"{PERSON}:"):
                    self._redis.set(self._proven(code, mark), "1", ex=PROVEN_FOR)
        except RedisError as error:
            raise LockoutUnavailable(f"a proof cannot be kept: {type(error).__name__}") from error

    def proven_like(self, code: str, marks: Sequence[str]) -> str | None:
        """The one code a slip of a digit away from ``code`` that whoever asks has proven before; None where there is
        none, or several. What is found is the asker's own, so telling it gives nothing away."""
        people = [mark for mark in marks if mark.startswith(f"{PERSON}:")]
        candidates = look_alikes(code) if people else []
        try:
            with self._redis.pipeline(transaction=False) as together:
                for one in candidates:
                    together.exists(*(self._proven(one, mark) for mark in people))
                found = [one for one, known in zip(candidates, together.execute(), strict=True) if known]
        except RedisError:
            return None
        return found[0] if len(found) == 1 else None

    def give_back(self, code: str, conversation: str, marks: Sequence[str] = ()) -> None:
        """The try could not be judged (back end down): undo it.

        Raises:
            LockoutUnavailable: the store does not answer; the try stays counted until it expires.
        """
        self._give(code, conversation, marks, "one")

    def _give(self, code: str, conversation: str, marks: Sequence[str], how_many: str) -> None:
        keys = [key for key, _, _ in self._counted(code, conversation, marks)]
        try:
            self._return(keys=keys, args=[self._field(code), how_many])
        except RedisError as error:
            raise LockoutUnavailable(f"a try cannot be given back: {type(error).__name__}") from error

    def _alarm(self, key: str) -> None:
        # Once while it lasts: everybody who is turned away would ring again.
        if self._redis.set(f"{KEY_PREFIX}alarm:{key}", "1", nx=True, ex=3600):
            self._redis.hincrby(COUNTS_KEY, "alarm", 1)
            what = "the whole installation" if key.endswith(":installation") else "one dossier"
            _log.warning(self._alarm_text, at=what)

    def _field(self, code: str) -> str:
        # By its digits, so that a code typed in full and the same code keyed on a phone share their tries.
        return self._seal.hash("dossier code", code_digits(code) or code)

    def _proven(self, code: str, mark: str) -> str:
        return PROVEN_PREFIX + self._seal.hash("proven", f"{self._field(code)} {mark}")

    def _counted(self, code: str, conversation: str, marks: Sequence[str]) -> list[tuple[str, Limit, bool]]:
        """Keys a try counts under, their limits, and whether others than this guesser count there, too."""
        limits = self._limits
        by_kind = {PERSON: limits.person, PLACE: limits.place}
        return [
            (f"{KEY_PREFIX}conversation:{self._seal.hash('conversation', conversation)}", limits.conversation, False),
            *(
                (f"{KEY_PREFIX}{kind}:{self._seal.hash('mark', mark)}", by_kind[kind], False)
                for mark in dict.fromkeys(marks)
                if (kind := mark.partition(":")[0]) in by_kind
            ),
            (f"{KEY_PREFIX}code:{self._field(code)}", limits.dossier, True),
            (f"{KEY_PREFIX}{self._seal.hash('tries', 'all')}:installation", limits.installation, True),
        ]


def look_alikes(code: str) -> list[str]:
    """Codes that differ from ``code`` by one digit, or by two neighbours in each other's place; letters stay."""
    at = [place for place, sign in enumerate(code) if sign.isascii() and sign.isdigit()]
    found = []
    for before, place in zip([None, *at], at, strict=False):
        found += [f"{code[:place]}{other}{code[place + 1 :]}" for other in "0123456789" if other != code[place]]
        if before is not None and code[before] != code[place]:
            signs = list(code)
            signs[before], signs[place] = signs[place], signs[before]
            found.append("".join(signs))
    return found


def _moment(unix_ms: int) -> datetime:
    return datetime.fromtimestamp(int(unix_ms) / 1000, VIETNAM)


def _unix_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _ms(duration: timedelta) -> int:
    return max(1, round(duration.total_seconds() * 1000))
