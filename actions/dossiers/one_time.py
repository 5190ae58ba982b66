"""One-time codes: the second factor of whoever holds the telephone whose number is on the dossier.

The owner's way in when the four digits are not at hand, or when wrong ones, of whomever, have locked them. A code has
six digits, goes by text message to the number on the dossier and nowhere else, opens this dossier in the conversation
that asked for it, once, and is void after ten minutes or three wrong tries. Only keyed hashes of codes are kept.

Who asks for one learns nothing: a code nobody issued, a dossier without a number and one whose number refuses messages
are answered like any other. How many are sent is bound as wrong digits are: by whoever asks, by the dossier and by the
installation; three codes a day with three tries each are nine tries among a million. The number on the dossier itself
is not bound by what others ask for.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from redis import Redis
from redis.exceptions import RedisError

from actions.dossiers.backend import BackendUnavailable
from actions.dossiers.lockout import Lockout, LockoutUnavailable, Refused
from actions.dossiers.model import code_digits
from stores.sealing import Seal, SealBroken

DIGITS: Final = 6
TRIES: Final = 3
VALID: Final = timedelta(minutes=10)
KEY_PREFIX: Final = "motcua:dossier:one_time:"

# A key is a hash: "left", the tries left, and for each dossier that may be meant the keyed hash of its code with the
# dossier's sealed code. ARGV: the hash given. Answers what it opens (or nothing) and the tries left.
_TRY: Final = """
local left = tonumber(redis.call('HGET', KEYS[1], 'left') or '0')
if left <= 0 then return {'', 0} end
local opens = redis.call('HGET', KEYS[1], ARGV[1])
if opens then return {opens, left} end
if left == 1 then redis.call('DEL', KEYS[1]) else redis.call('HINCRBY', KEYS[1], 'left', -1) end
return {'', left - 1}
"""


@dataclass(frozen=True, slots=True)
class CodeSent:
    """What may be said whether or not there was anybody to send a code to."""


@dataclass(frozen=True, slots=True)
class NoMoreCodes:
    """Too many were asked for."""

    until: datetime
    """In Vietnamese time."""


@dataclass(frozen=True, slots=True)
class CannotSend:
    """No text message goes out from here."""


@dataclass(frozen=True, slots=True)
class CodeWrong:
    """The six digits open nothing: wrong, used, or too old."""

    tries_left: int
    """0: the code is void, another one has to be asked for."""


Sending = CodeSent | NoMoreCodes | CannotSend


@dataclass(frozen=True, slots=True)
class Addressed:
    """A dossier that may be meant, and the number on it."""

    code: str
    phone: str | None


class Post(Protocol):
    """Takes codes to telephones."""

    @property
    def works(self) -> bool:
        """Whether text messages go out at all."""
        ...

    def mark_of(self, phone: str) -> str | None:
        """The mark of whoever speaks from this number (:attr:`contract.turn.Turn.marks`); None where no text message
        reaches it."""
        ...

    def send(self, phone: str, digits: str, language: str, *, asked_for: bool) -> None:
        """Queue a code; ``asked_for`` by the number itself, or else only where it has not refused messages.

        Raises:
            BackendUnavailable: it cannot be queued.
        """
        ...


class OneTimeCodes:
    """Safe to share between threads and processes.

    Args:
        redis: the shared store.
        seal: hashes codes, seals what they open.
        sendings: counts how many were asked for (:attr:`actions.dossiers.lockout.Kind.CODES`).
        post: sends.
        random: gives a code of six digits.
    """

    def __init__(
        self,
        redis: Redis,
        seal: Seal,
        sendings: Lockout,
        post: Post,
        random: Callable[[], str] = lambda: f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}",
    ) -> None:
        self._redis = redis
        self._seal = seal
        self._sendings = sendings
        self._post = post
        self._random = random
        self._try = redis.register_script(_TRY)

    @property
    def can_be_sent(self) -> bool:
        """Whether text messages go out."""
        return self._post.works

    def send(
        self,
        code: str,
        conversation: str,
        marks: Sequence[str],
        language: str,
        find: Callable[[], Sequence[Addressed]],
    ) -> Sending:
        """Send a code to the number on the dossier, if there is one.

        Args:
            code: of the dossier as it was given, or its digits alone.
            conversation: in which the code will hold.
            marks: of whoever asks.
            language: of the message.
            find: the dossiers that may be meant; asks the source.

        Raises:
            BackendError: nothing can be sent at the moment.
        """
        if not self._post.works:
            return CannotSend()
        try:
            taken = self._sendings.take(code, conversation, marks)
            if isinstance(taken, Refused) and not taken.of_all:
                return NoMoreCodes(taken.until)
            found = [(one, self._post.mark_of(one.phone)) for one in find() if one.phone is not None]
            if isinstance(taken, Refused):
                # What strangers ask for binds strangers.
                found = [(one, mark) for one, mark in found if mark in marks]
                own = self._sendings.take(code, conversation, marks, of_all=False) if found else taken
                if isinstance(own, Refused):
                    return NoMoreCodes(own.until)
            self._keep_and_send(code, conversation, marks, language, found)
        except (LockoutUnavailable, RedisError) as error:
            raise BackendUnavailable(f"a one-time code cannot be kept: {type(error).__name__}") from error
        return CodeSent()

    def opens(self, code: str, conversation: str, digits: str) -> str | CodeWrong:
        """The canonical code of the dossier that six digits open in this conversation.

        Raises:
            BackendUnavailable: codes cannot be read.
        """
        key = self._key(code, conversation)
        try:
            opens, left = self._try(keys=[key], args=[self._hash(key, digits)])
            return self._seal.open(_text(opens)) if opens else CodeWrong(int(left))
        except SealBroken:
            return CodeWrong(0)
        except RedisError as error:
            raise BackendUnavailable(f"one-time codes cannot be read: {type(error).__name__}") from error

    def spend(self, code: str, conversation: str) -> None:
        """What was opened has been told: the code opens nothing any more."""
        try:
            self._redis.delete(self._key(code, conversation))
        except RedisError as error:
            raise BackendUnavailable(f"a one-time code cannot be ended: {type(error).__name__}") from error

    def _keep_and_send(
        self,
        code: str,
        conversation: str,
        marks: Sequence[str],
        language: str,
        found: Sequence[tuple[Addressed, str | None]],
    ) -> None:
        key = self._key(code, conversation)
        sent = [(one, mark, self._random()) for one, mark in found if mark is not None]
        fields = {self._hash(key, digits): self._seal.close(one.code) for one, _, digits in sent}
        with self._redis.pipeline(transaction=True) as together:
            together.delete(key)
            # Also where nobody gets one: wrong tries are counted, and answered, alike.
            together.hset(key, "left", str(TRIES))
            for hashed, sealed in fields.items():
                together.hset(key, hashed, sealed)
            together.expire(key, VALID)
            together.execute()
        for one, mark, digits in sent:
            if one.phone is not None:
                self._post.send(one.phone, digits, language, asked_for=mark in marks)

    def _key(self, code: str, conversation: str) -> str:
        # By its digits: a code that was keyed and the same code typed in full are one.
        meant = code_digits(code) or code
        return KEY_PREFIX + self._seal.hash("one-time code for", f"{meant} {conversation}")

    def _hash(self, key: str, digits: str) -> str:
        return self._seal.hash("one-time code", f"{key} {digits}")


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
