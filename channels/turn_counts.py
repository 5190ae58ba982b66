"""How turns went, by day and channel, for the operations centre. Counts alone: who said what is counted nowhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from redis import Redis, RedisError

from contract.reply import Reply, ReplyKind
from contract.turn import Channel, TurnResult
from runtime import logs
from runtime.clock import VIETNAM

KEPT_SECONDS: Final = 40 * 86_400
"""Long after the worker has written the day down."""
TURNS: Final = "motcua:turns:"
TALKS: Final = "motcua:talks:"
"""Keys of a day: counts of turns, and of conversations (HyperLogLog, from which nobody can be read)."""
ASKED: Final = "asked"
"""Beginning of the counts of procedures."""
CALL: Final = "call"
"""Beginning of the counts of calls; see :meth:`channels.phone.calls.figures.CallFigures.ended`."""
_log = logs.get(__name__)


class Went(StrEnum):
    """How a turn went."""

    ANSWERED = "answered"
    ASKED_BACK = "asked_back"
    REFUSED = "refused"
    """Not understood, or nothing is known about it."""
    HANDED_OVER = "handed_over"
    """To officers."""
    FAILED = "failed"
    """The core gave no answer."""


_BY_KIND: Final = {
    ReplyKind.ASK_BACK: Went.ASKED_BACK,
    ReplyKind.ASK_DETAIL: Went.ASKED_BACK,
    ReplyKind.UNKNOWN: Went.REFUSED,
    ReplyKind.TROUBLE: Went.FAILED,
}


def went(result: TurnResult) -> Went:
    """How the core's answer is counted: by what it said last."""
    if result.understanding.intent == "talk_to_officer":
        return Went.HANDED_OVER
    last: Reply | None = result.replies[-1] if result.replies else None
    return Went.REFUSED if last is None else _BY_KIND.get(last.kind, Went.ANSWERED)


class TurnCounts:
    """Shared by all processes; without Redis nothing is counted, and nobody waits.

    Args:
        redis: a client that decodes its answers.
        clock: the time, with zone.
    """

    def __init__(self, redis: Redis, clock: Callable[[], datetime]) -> None:
        self._redis = redis
        self._clock = clock

    def note(self, channel: Channel, conversation: str, how: Went, procedure: str | None = None) -> None:
        """Count one turn; ``procedure`` where it was about one."""
        day = self._clock().astimezone(VIETNAM).date().isoformat()
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.hincrby(TURNS + day, f"{channel.value} {how.value}", 1)
                if procedure is not None:
                    pipe.hincrby(TURNS + day, f"{ASKED} {procedure}", 1)
                pipe.pfadd(f"{TALKS}{day}:{channel.value}", conversation)
                pipe.expire(TURNS + day, KEPT_SECONDS)
                pipe.expire(f"{TALKS}{day}:{channel.value}", KEPT_SECONDS)
                pipe.execute()
        except RedisError as error:
            _log.debug("a turn is not counted", cause=type(error).__name__)

    def note_calls(self, counts: Mapping[str, int]) -> None:
        """Add what was counted of calls."""
        key = TURNS + self._clock().astimezone(VIETNAM).date().isoformat()
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for name, count in counts.items():
                    pipe.hincrby(key, f"{CALL} {name}", count)
                pipe.expire(key, KEPT_SECONDS)
                pipe.execute()
        except RedisError as error:
            _log.debug("a call is not counted", cause=type(error).__name__)

    def of(self, day: date) -> Mapping[str, int]:
        """Counts of a day: ``sms answered``, ``asked 1.001193``, ``sms talks``; empty where nothing is known."""
        try:
            counted = {str(name): int(count) for name, count in self._redis.hgetall(TURNS + day.isoformat()).items()}
            for channel in Channel:
                talks = int(self._redis.pfcount(f"{TALKS}{day.isoformat()}:{channel.value}"))
                if talks:
                    counted[f"{channel.value} talks"] = talks
        except RedisError as error:
            _log.warning("turns cannot be counted", cause=type(error).__name__)
            return {}
        return counted
