"""A newer model for a core that is answering already: trained apart, loaded beside, taken between two turns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from assistant.turns import Turns
from runtime import logs

_log = logs.get(__name__)

FIRST_WORDS = "đăng ký khai sinh cần giấy tờ gì"
"""The first message pays for lazily built tables; nobody should wait for them."""


class Answering(Protocol):
    """Holds what answers now."""

    turns: Turns


class Renewal:
    """Trains and loads what the present data wants, once.

    Args:
        train: trains in a process of its own; whether there is now a model to change to. False at once when the one
            in use is that of the present data.
        load: loads the core with the newest model; takes seconds.
    """

    def __init__(self, train: Callable[[], Awaitable[bool]], load: Callable[[], Turns]) -> None:
        self._train = train
        self._load = load

    async def run(self, answering: Answering) -> bool:
        """Change over to a newer model, if one is due; whether another one answers now.

        Conversations go on: they lie in Redis, not in the core.

        A failure is told in the log, and the model in use goes on answering.
        """
        try:
            if not await self._train():
                return False
            turns = await loaded(self._load)
        except Exception as error:
            _log.error("the model in use goes on answering, a newer one could not be made", cause=str(error))
            return False
        before = change_over(answering, turns)
        _log.warning("answering with the new model")
        await before.retire()
        return True


async def loaded(load: Callable[[], Turns]) -> Turns:
    """Load beside what answers, and try it; raises what loading raises."""
    turns = await asyncio.to_thread(load)
    await turns.understand(FIRST_WORDS)
    return turns


def change_over(answering: Answering, turns: Turns) -> Turns:
    """From the next turn on another core answers; the one before, which may still be answering and is to be retired."""
    before, answering.turns = answering.turns, turns
    return before
