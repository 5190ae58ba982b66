"""Keeps calls between two moves: sealed, in Redis, for as long as a call can last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Final

from pydantic import ValidationError
from redis import Redis
from redis.exceptions import LockError

from channels.phone.dialogue.state import CallState
from stores.sealing import Seal, SealBroken

KEPT_FOR: Final = timedelta(hours=2)
"""Longer than any call: carriers cut them off after one hour or four, callers long before."""

ENDED_FOR: Final = timedelta(minutes=10)
"""How long an input may straggle in after the caller has gone."""

HELD_SECONDS: Final = 30.0
"""A step that has not ended after this long belongs to a process that died."""

WAIT_SECONDS: Final = 13.0
"""How long a second input of the same call waits for the first; below the 15 s after which providers give up."""

_ENDED: Final = "ended"


class CallEnded(Exception):
    """The call is over: whatever comes late changes nothing."""


class CallBusy(Exception):
    """Another input of this call is still being answered."""


class CallStates:
    """Calls by the carrier's id, which is only kept as a keyed hash.

    Every method may raise :class:`redis.RedisError`.

    Args:
        redis: a client that decodes its answers.
        seal: hides what was said from whoever reads the store.
    """

    def __init__(self, redis: Redis, seal: Seal) -> None:
        self._redis = redis
        self._seal = seal

    def conversation(self, call_id: str) -> str:
        """What the core calls the conversation of a call. Of the call, not of the number: telephones are shared."""
        return "phone:" + self._seal.hash("phone", call_id)

    def marks(self, caller: str | None) -> tuple[str, ...]:
        """What the core counts wrong guesses of a number against: the same as of its text messages."""
        return (f"person:{self._seal.hash('sms', caller)}",) if caller is not None else ()

    @contextmanager
    def alone(self, call_id: str) -> Iterator[None]:
        """Hold the call: its inputs are answered one after the other.

        Raises:
            CallBusy: another input took too long.
        """
        lock = self._redis.lock(self._key(call_id) + ":lock", timeout=HELD_SECONDS, blocking_timeout=WAIT_SECONDS)
        if not lock.acquire():
            raise CallBusy
        try:
            yield
        finally:
            with suppress(LockError):
                lock.release()

    def find(self, call_id: str) -> CallState | None:
        """The call as it was left; None for one that is not known.

        Raises:
            CallEnded: it is over.
        """
        sealed = self._redis.get(self._key(call_id))
        if sealed is None:
            return None
        if sealed == _ENDED:
            raise CallEnded
        try:
            return CallState.model_validate_json(self._seal.open(str(sealed)))
        except (SealBroken, ValidationError):
            # The secret or the version changed during the call: it goes on at the menu.
            return None

    def keep(self, call_id: str, state: CallState) -> None:
        """Keep the call until its next input."""
        self._redis.set(self._key(call_id), self._seal.close(state.model_dump_json()), ex=KEPT_FOR)

    def end(self, call_id: str) -> None:
        """Forget everything of the call but that it is over."""
        self._redis.set(self._key(call_id), _ENDED, ex=ENDED_FOR)

    def _key(self, call_id: str) -> str:
        return "motcua:call:" + self._seal.hash("phone", call_id)
