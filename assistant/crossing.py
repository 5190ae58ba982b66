"""What was talked of last from one telephone number, by channel: for who goes on by another channel and says so.

Only the code of a procedure, under the keyed hash of the number. No words and no dossier: whoever calls from somebody's
telephone learns at most that its owner asked how a passport is made, and asks for a dossier as everybody does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from contract.reply import Reply
from contract.turn import Channel

KEPT_FOR = timedelta(hours=24)
"""Whoever comes back later names the matter again."""
_KEY = "motcua:crossing:"


def told_in(replies: Sequence[Reply]) -> str | None:
    """Code of the procedure that a turn told of; None where it told of none."""
    return next((one.source.procedure_code for one in replies if one.source and one.source.procedure_code), None)


class Crossings:
    """Remembers and finds it again.

    Args:
        now: the time, with zone.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def note(self, pipeline: Pipeline, person: str, channel: Channel, code: str) -> None:
        """Have what was told remembered by the transaction that moves its conversation on."""
        key = _KEY + person
        pipeline.hset(key, channel.value, f"{self._now().timestamp():.0f} {code}")
        pipeline.expire(key, KEPT_FOR)

    async def elsewhere(self, redis: Redis, person: str, channel: Channel) -> str | None:
        """What was talked of last from this number by another channel, else by this one; None where nothing was."""
        kept = cast(Mapping[str, str], await redis.hgetall(_KEY + person))
        found = sorted(
            (name != channel.value, int(at), code)
            for name, value in kept.items()
            for at, _, code in [value.partition(" ")]
        )
        return found[-1][2] if found else None

    async def forget(self, redis: Redis, person: str) -> None:
        """Forget it: its person asked for that."""
        await redis.delete(_KEY + person)
