"""Counts wrong second factors, and stops whoever has guessed too often.

A try is taken *before* the back end is asked, and handed back when it was right or could not be judged. So any number
of look-ups at once, in any number of processes, cannot buy more than the allowed tries.

A try counts in several places at once, each with its own limit (``stores/limits.yml``): against the conversation, and
against every mark of whoever asks that outlives a conversation: a telephone number, an address, an enrolled box. These
bind the guesser alone. Two more see what all guessers do together: the dossier, and the whole installation in an hour.
When one of those is used up, four digits open nothing any longer but for whoever has proven this dossier before: a
stranger must not lock out the owner. A code nobody issued is counted exactly like a real one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from redis import Redis
from redis.exceptions import RedisError

from actions.dossiers.model import Clock, code_digits
from runtime.clock import VIETNAM
from stores.limiter import Limiter, Rule
from stores.limiter import rules as table
from stores.sealing import Seal

PROVEN_PREFIX: Final = "motcua:dossier:proven:"
COUNTS_KEY: Final = "motcua:dossier:counts"
"""Hash of a counter that only grows: ``wrong``, tries that were not right."""
PROVEN_FOR: Final = timedelta(days=30)
"""How long whoever has proven a dossier is not bound by what strangers do to it."""


class LockoutUnavailable(Exception):
    """Tries cannot be counted at the moment, so nothing may be looked up."""


class Kind(StrEnum):
    """What is tried; its limits are those of ``stores/limits.yml`` whose names begin so."""

    LOOK_UPS = "look_ups"
    CODES = "codes"


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
        self,
        redis: Redis,
        seal: Seal,
        clock: Clock,
        rules: Mapping[str, Rule] | None = None,
        kind: Kind = Kind.LOOK_UPS,
    ) -> None:
        """
        Args:
            redis: a client of the shared store; answers as bytes or text, both work.
            seal: hashes that under which tries are kept.
            clock: the present moment; processes sharing the store need clocks that agree.
            rules: the table of limits; None: as it stands.
            kind: what is tried.
        """
        self._redis = redis
        self._clock = clock
        self._seal = seal
        self._kind = kind
        self._limiter = Limiter(redis, seal, table() if rules is None else rules, lambda: _unix_ms(clock()))

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
        try:
            counted = self._counted(code, conversation, marks)
            if not of_all or any(self._redis.exists(self._proven(code, mark)) for mark in marks):
                counted = [one for one in counted if one[0] not in self._of_all]
            taken = self._limiter.take(counted, self._field(code))
        except RedisError as error:
            raise LockoutUnavailable(f"tries cannot be counted: {type(error).__name__}") from error
        if taken.refused_by is None:
            return Taken(taken.left, _moment(taken.ends_ms))
        return Refused(_moment(taken.ends_ms), taken.refused_by in self._of_all)

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
        self._give(code, conversation, marks, every=True)
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
                asked = [(one, mark) for one in candidates for mark in people]
                for one, mark in asked:
                    together.exists(self._proven(one, mark))
                known = zip(asked, together.execute(), strict=True)
                found = list(dict.fromkeys(one for (one, _), is_proven in known if is_proven))
        except RedisError:
            return None
        return found[0] if len(found) == 1 else None

    def give_back(self, code: str, conversation: str, marks: Sequence[str] = ()) -> None:
        """The try could not be judged (back end down): undo it.

        Raises:
            LockoutUnavailable: the store does not answer; the try stays counted until it expires.
        """
        self._give(code, conversation, marks, every=False)

    def _give(self, code: str, conversation: str, marks: Sequence[str], *, every: bool) -> None:
        try:
            self._limiter.give_back(self._counted(code, conversation, marks), self._field(code), every=every)
        except RedisError as error:
            raise LockoutUnavailable(f"a try cannot be given back: {type(error).__name__}") from error

    @property
    def _of_all(self) -> tuple[str, str]:
        """Limits that others than this guesser use up, too."""
        return f"{self._kind}_dossier", f"{self._kind}_hour"

    def _field(self, code: str) -> str:
        # By its digits, so that a code typed in full and the same code keyed on a phone share their tries.
        return self._seal.hash("dossier code", code_digits(code) or code)

    def _proven(self, code: str, mark: str) -> str:
        return PROVEN_PREFIX + self._seal.hash("proven", f"{self._field(code)} {mark}")

    def _counted(self, code: str, conversation: str, marks: Sequence[str]) -> list[tuple[str, str]]:
        """The limits a try counts under, each with what is counted together."""
        kinds = [(mark.partition(":")[0], mark) for mark in dict.fromkeys(marks)]
        of_dossier, of_installation = self._of_all
        return [
            (f"{self._kind}_conversation", conversation),
            *((f"{self._kind}_{kind}", mark) for kind, mark in kinds if kind in (PERSON, PLACE)),
            (of_dossier, self._field(code)),
            (of_installation, ""),
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
