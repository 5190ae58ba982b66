"""Who stands at the kiosk: one visit a person, forgotten when it ends, however it ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Protocol

from redis import Redis, RedisError

from channels.core_client import CoreError
from contract.tried import Tried
from contract.turn import Channel, Event, Turn, TurnResult
from contract.wishes import Wish
from runtime import logs
from stores.sealing import Seal

_OPEN: Final = "kiosk:visits"
"""Sorted set: conversation by the moment the page was last heard of."""
_ENDED: Final = "kiosk:ended:"
_RESTART: Final = "kiosk:restart"
TOLD_SECONDS: Final = 30
"""Whoever waits for a restart says so again before this is over."""
ENDED_SECONDS: Final = 3600
"""A turn that was under way when its visit ended answers within this time."""
GRACE_SECONDS: Final = 60
"""How much longer than its own idle time a page may be silent before its visit is ended for it: a browser that crashed
says no goodbye."""

_log = logs.get(__name__)


def nobody_is_there(redis: Redis) -> bool:
    """Whether no visit is open at this box; yes also where none can be kept."""
    try:
        return not redis.zcard(_OPEN)
    except RedisError:
        return True


def tell_restart(redis: Redis) -> None:
    """Have the page tell, for half a minute, that the box starts again once nobody is there."""
    with suppress(RedisError):
        redis.set(_RESTART, "1", ex=TOLD_SECONDS)


def may_restart(redis: Redis) -> bool:
    """Whether nobody is there; whoever is reads that the box waits for them."""
    is_idle = nobody_is_there(redis)
    if not is_idle:
        tell_restart(redis)
    return is_idle


def restart_waits(redis: Redis) -> bool:
    """Whether the page is to tell so."""
    try:
        return bool(redis.exists(_RESTART))
    except RedisError:
        return False


class Core(Protocol):
    """What answers turns."""

    def result(self, turn: Turn) -> TurnResult:
        """The core's own answer; raises :class:`CoreError` when there is none."""
        ...

    def tried(self, conversation: str) -> Tried:
        """What was tried in a conversation; nothing while the core is away."""
        ...


class VisitOver(Exception):
    """The visit has ended: whoever stands there now is somebody else."""


class Visits:
    """The visits of one installation; safe to share between threads.

    Args:
        core: answers turns.
        redis: decodes its answers.
        seal: makes the conversation's id from the visit's.
        silence_seconds: after which the page itself ends a visit.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        core: Core,
        redis: Redis,
        seal: Seal,
        silence_seconds: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._core = core
        self._redis = redis
        self._seal = seal
        self._silence = silence_seconds + GRACE_SECONDS
        self._clock = clock

    def turn(
        self,
        visit: str,
        text: str | None = None,
        event: Event | None = None,
        wish: Wish | None = None,
        *,
        address: str | None = None,
    ) -> TurnResult:
        """Answer what a visitor said or chose.

        Args:
            visit: random id the page made; known to nobody else.
            text: words, typed or recognised.
            event: what happened without words.
            wish: what a picture or a button stands for.
            address: of the browser; wrong guesses of all its visits count together.

        Raises:
            VisitOver: the visit has ended, maybe while the core was thinking.
            CoreError: the core gave no answer.
            RedisError: visits cannot be kept, so none may go on.
        """
        conversation = self._conversation(visit)
        self._refuse_ended(conversation)
        if self._redis.zadd(_OPEN, {conversation: self._clock()}):
            # Forgets whatever may be there, and gets the greeting out of the way: the page has its own.
            self._core.result(Turn(channel=Channel.KIOSK, conversation=conversation, event=Event.START))
        marks = (f"place:{self._seal.hash('kiosk address', address)}",) if address else ()
        result = self._core.result(
            Turn(channel=Channel.KIOSK, conversation=conversation, text=text, event=event, wish=wish, marks=marks)
        )
        try:
            self._refuse_ended(conversation)
        except VisitOver:
            # The core has just written down what should be forgotten.
            self._forget(conversation)
            raise
        return result

    def tried(self, visit: str) -> Tried:
        """What the assistant tried in a visit, for the officer who is asked to call."""
        return self._core.tried(self._conversation(visit))

    def seen(self, visit: str) -> None:
        """The visitor is still there, reading."""
        self._redis.zadd(_OPEN, {self._conversation(visit): self._clock()}, xx=True)

    def end(self, visit: str) -> None:
        """Forget the visit at once. Raises CoreError or RedisError; it is then forgotten later."""
        self._end(self._conversation(visit))

    def sweep(self) -> int:
        """End visits whose page has gone silent; returns how many."""
        silent = self._redis.zrangebyscore(_OPEN, "-inf", self._clock() - self._silence)
        for conversation in silent:
            try:
                self._end(str(conversation))
            except (CoreError, RedisError) as error:
                _log.warning("a visit cannot be forgotten yet", cause=type(error).__name__)
        return len(silent)

    def _conversation(self, visit: str) -> str:
        return "kiosk:" + self._seal.hash("kiosk", visit)

    def _refuse_ended(self, conversation: str) -> None:
        if self._redis.exists(_ENDED + conversation):
            raise VisitOver

    def _end(self, conversation: str) -> None:
        self._redis.set(_ENDED + conversation, 1, ex=ENDED_SECONDS)
        self._forget(conversation)
        self._redis.zrem(_OPEN, conversation)

    def _forget(self, conversation: str) -> None:
        self._core.result(Turn(channel=Channel.KIOSK, conversation=conversation, event=Event.HANGUP))
