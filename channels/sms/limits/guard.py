"""Whether a message is answered at all: limits per number, machines at the other end.

A verdict is kept under the turn's id, so that a turn tried again neither counts twice nor looks like a repeated
text. What is remembered of texts are keyed digests, for a day.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from redis import Redis, RedisError

from channels.sms.limits.loop_detection import Heard, Loop, Said, automatic_replies, compared, gist, loop_of
from channels.sms.limits.rate_limits import Allowed, Limits
from runtime import logs
from stores.sealing import Seal

PAUSE_SECONDS: Final = 1_800
"""How long a number that answers faster than a person gets no answer."""

KEPT_SECONDS: Final = 86_400
_KEPT_TEXTS: Final = 40
"""Texts remembered a number: what came and what went, together."""

_log = logs.get(__name__)


class Verdict(StrEnum):
    """What becomes of a message."""

    ANSWER = "answer"
    TELL_SHORT = "tell_short"
    """The first message over the limit of ten minutes: say so."""
    TELL_DAY = "tell_day"
    """The first message over the limit of the day: say so."""
    OVER_LIMIT = "over_limit"
    LOOP = "loop"
    """A machine, or the same text again and again."""


_VERDICTS = {
    Allowed.YES: Verdict.ANSWER,
    Allowed.TELL_SHORT: Verdict.TELL_SHORT,
    Allowed.TELL_DAY: Verdict.TELL_DAY,
    Allowed.NO: Verdict.OVER_LIMIT,
}


class Guard:
    """The verdicts of all numbers; safe to share between threads.

    Args:
        redis: a client that decodes its answers.
        seal: hides what is remembered of texts.
        limits: how much a number may ask for.
        ignore_machines: whether machines and repeated texts get no answer.
        now: the clock.
    """

    def __init__(
        self,
        redis: Redis,
        seal: Seal,
        limits: Limits,
        ignore_machines: bool = True,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._redis = redis
        self._seal = seal
        self._limits = limits
        self._ignore_machines = ignore_machines
        self._now = now

    def judge(self, person: str, text: str, received_at: float, turn: str, *, urgent: bool = False) -> Verdict:
        """The verdict on a message.

        Args:
            person: keyed hash of the number.
            text: the message.
            received_at: when the provider took it, in seconds since 1970.
            turn: id of the turn, the same for every try.
            urgent: it tells of danger, so no limit counts, only an echo or stubborn repetition.
        """
        key = f"motcua:sms:verdict:{turn}"
        try:
            before = self._redis.get(key)
            if before is not None:
                return Verdict(str(before))
            verdict = self._judge(person, text, received_at, urgent)
            self._redis.set(key, verdict, ex=KEPT_SECONDS)
        except RedisError as error:
            _log.warning("loops cannot be told", cause=type(error).__name__)
            return Verdict.LOOP if not urgent and self._is_automatic(text) else Verdict.ANSWER
        if verdict is not Verdict.ANSWER:
            _log.info("message held back", verdict=verdict.value)
        return verdict

    def said(self, person: str, texts: Sequence[str]) -> None:
        """Remember what was answered, to know it again should it come back."""
        at = self._now().timestamp()
        forms = [form for form in map(compared, texts) if form]
        if forms:
            try:
                self._remember(person, *(["said", at, self._digest(form), ""] for form in forms))
            except RedisError as error:
                _log.warning("answers cannot be remembered", cause=type(error).__name__)

    def forget(self, person: str) -> None:
        """Forget the texts of a number; its counts stay until their time is over.

        Raises:
            redis.RedisError: the store does not answer.
        """
        self._redis.delete(_history_key(person))

    def _judge(self, person: str, text: str, received_at: float, urgent: bool) -> Verdict:
        if not urgent and (self._is_automatic(text) or self._redis.exists(_pause_key(person))):
            return Verdict.LOOP
        loop = self._loop(person, text, received_at, urgent) if self._ignore_machines else None
        if loop is Loop.RALLY:
            self._redis.set(_pause_key(person), "1", ex=PAUSE_SECONDS)
        if loop is not None:
            return Verdict.LOOP
        return Verdict.ANSWER if urgent else _VERDICTS[self._limits.take(person)]

    def _loop(self, person: str, text: str, received_at: float, urgent: bool) -> Loop | None:
        form = compared(text)
        heard = Heard(received_at, self._digest(form), self._digest(gist(form)))
        found = loop_of(heard, self._history(person), urgent=urgent)
        if form:
            self._remember(person, ["heard", received_at, heard.text, heard.gist])
        return found

    def _is_automatic(self, text: str) -> bool:
        return self._ignore_machines and automatic_replies().match(text)

    def _history(self, person: str) -> list[Heard | Said]:
        history: list[Heard | Said] = []
        for line in self._redis.lrange(_history_key(person), 0, -1):
            kind, at, text, core = json.loads(line)
            history.append(Said(at, text) if kind == "said" else Heard(at, text, core))
        return history

    def _remember(self, person: str, *entries: Sequence[object]) -> None:
        key = _history_key(person)
        with self._redis.pipeline() as pipeline:
            pipeline.rpush(key, *map(json.dumps, entries))
            pipeline.ltrim(key, -_KEPT_TEXTS, -1)
            pipeline.expire(key, KEPT_SECONDS)
            pipeline.execute()

    def _digest(self, form: str) -> str:
        return self._seal.hash("text", form) if form else ""


def _history_key(person: str) -> str:
    return f"motcua:sms:history:{person}"


def _pause_key(person: str) -> str:
    return f"motcua:sms:paused:{person}"
