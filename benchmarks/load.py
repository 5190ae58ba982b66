"""Made-up citizens that talk to a system over loopback, a bounded number of turns in a bounded time."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiohttp

from benchmarks.figures import percentile
from benchmarks.utterances import Said

Say = Callable[[aiohttp.ClientSession, str, Said], Awaitable[None]]
"""Says something in a conversation; raises :class:`WrongAnswer` unless the answer is right."""

LONGEST_RUN = 120.0
"""Seconds after which a load is given up."""


class WrongAnswer(RuntimeError):
    """A system answered something else than it must: its speed means nothing."""


@dataclass(frozen=True)
class Load:
    """How one load went."""

    turn_seconds: tuple[float, ...]
    seconds: float

    @property
    def turns_a_second(self) -> float:
        """Over the whole load."""
        return len(self.turn_seconds) / self.seconds

    @property
    def median_ms(self) -> float:
        """Middle time of a turn."""
        return statistics.median(self.turn_seconds) * 1000

    @property
    def p95_ms(self) -> float:
        """Time that 95 of 100 turns stay below."""
        return percentile(self.turn_seconds, 0.95) * 1000


async def talk(
    say: Say, mix: Sequence[Said], *, conversations: int, turns: int, name: str, on_turn: Callable[[], None]
) -> Load:
    """Hold conversations at once, each turn after the answer to the one before.

    Args:
        say: the way in.
        mix: what is said, in turn; each conversation begins at another place of it.
        conversations: how many at once.
        turns: how many turns each.
        name: part of the conversations' ids, so that each load has fresh ones.
        on_turn: called after each turn.

    Raises:
        WrongAnswer: when a system is fast but wrong.
        TimeoutError: after :data:`LONGEST_RUN`.
    """
    times: list[float] = []

    async def converse(session: aiohttp.ClientSession, number: int) -> None:
        for turn in range(turns):
            begin = time.perf_counter()
            await say(session, f"{name}-{number}", mix[(number + turn) % len(mix)])
            times.append(time.perf_counter() - begin)
            on_turn()

    connector = aiohttp.TCPConnector(limit=conversations)
    async with aiohttp.ClientSession(connector=connector, trust_env=False) as session:
        begin = time.perf_counter()
        async with asyncio.timeout(LONGEST_RUN):
            await asyncio.gather(*(converse(session, number) for number in range(conversations)))
        return Load(tuple(times), time.perf_counter() - begin)
