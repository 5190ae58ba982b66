"""The answer to what a caller has said so far, prepared at a pause and forgotten when speech goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

Work = Coroutine[Any, Any, None]


@dataclass
class Room:
    """How many answers are prepared at once, over all calls.

    What is prepared may be thrown away: where many pause at once, the processor is for those who have finished.
    """

    most: int = 0
    taken: int = field(default=0, init=False)

    def hold(self, work: asyncio.Future[Any]) -> None:
        """Keep a place until this work has ended."""
        self.taken += 1
        work.add_done_callback(self._leave)

    def _leave(self, _: asyncio.Future[Any]) -> None:
        self.taken -= 1


class Start(Protocol):
    """Begins work of a call."""

    def __call__(self, work: Work) -> asyncio.Task[None]:
        """The task; it ends with the call."""
        ...


class AnswerAhead:
    """Of one call.

    Args:
        room: shared by all calls.
        start: begins work.
        prepare: makes what can be made of the answer to words; it changes nothing, and may be cancelled anywhere.
    """

    def __init__(self, room: Room, start: Start, prepare: Callable[[str], Work]) -> None:
        self._room = room
        self._start = start
        self._prepare = prepare
        self._words: str | None = None
        self._task: asyncio.Task[None] | None = None

    def speaks_on(self) -> None:
        """There is a voice again: what was prepared may be the answer to half a sentence."""
        self._drop()

    def pauses_at(self, words: str) -> None:
        """The caller pauses after these words; told again and again while that lasts."""
        if words != self._words and self._room.taken < self._room.most:
            self._drop()
            self._words = words
            self._task = self._start(self._prepare(words))
            self._room.hold(self._task)

    def ended_with(self, words: str) -> bool | None:
        """The turn is over: whether its answer was the one prepared last; None where none was.

        What is still being made of the right one is made on; the turn waits for nothing of it.
        """
        prepared = self._words
        if prepared != words:
            self._drop()
        self._words = self._task = None
        return None if prepared is None else prepared == words

    def _drop(self) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()
            self._words = None
        self._task = None
