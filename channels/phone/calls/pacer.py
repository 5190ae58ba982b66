"""Sound sent at the pace of the clock: a frame every 20 ms, for carriers that play what comes when it comes."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from channels.phone.calls.carrier import FRAME_SECONDS

MOST_BEHIND: Final = 5
"""Frames that are made up for after a delay; more would only be thrown away by the other side's jitter buffer."""


class PacedOutput:
    """What one call is to hear, frame by frame.

    Args:
        send: puts a coded frame on the line.
        silent: a coded frame of silence, sent while there is nothing to say, so that address translation on the way
            and the other side's clock stay awake.
        on_played: told of a mark when the frame before it was sent.
    """

    def __init__(self, send: Callable[[bytes], None], silent: bytes, on_played: Callable[[str], None]) -> None:
        self._send = send
        self._silent = silent
        self._on_played = on_played
        self._waiting: deque[tuple[bytes, str | None]] = deque()

    def put(self, coded: bytes, mark: str) -> None:
        """Add sound, coded as the line wants it, with a mark behind it."""
        size = len(self._silent)
        frames = [coded[at : at + size] for at in range(0, len(coded), size)]
        if not frames:
            self._on_played(mark)
            return
        frames[-1] += self._silent[len(frames[-1]) :]
        self._waiting.extend((frame, None) for frame in frames[:-1])
        self._waiting.append((frames[-1], mark))

    def clear(self) -> None:
        """Drop what was not sent."""
        self._waiting.clear()

    def tick(self) -> None:
        """Send the next frame."""
        if not self._waiting:
            self._send(self._silent)
            return
        frame, mark = self._waiting.popleft()
        self._send(frame)
        if mark is not None:
            self._on_played(mark)


class Pacer:
    """One beat for all calls of an event loop; it does not drift.

    Args:
        late: told for each beat of a call how many seconds late it was.
        now: seconds of a clock that never goes back.
    """

    def __init__(self, late: Callable[[float], None], now: Callable[[], float] = time.monotonic) -> None:
        self._late = late
        self._now = now
        self._outputs: set[PacedOutput] = set()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to beat."""
        self._task = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        """Beat no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def add(self, output: PacedOutput) -> None:
        """A call begins to be sent to."""
        self._outputs.add(output)

    def remove(self, output: PacedOutput) -> None:
        """A call is over."""
        self._outputs.discard(output)

    async def _beat(self) -> None:
        due = self._now()
        while True:
            due += FRAME_SECONDS
            wait = due - self._now()
            if wait > 0:
                await asyncio.sleep(wait)
            late = self._now() - due
            if self._outputs:
                # A beat nobody hears says nothing about calls.
                self._late(max(0.0, late))
            for output in tuple(self._outputs):
                output.tick()
            if late > MOST_BEHIND * FRAME_SECONDS:
                due = self._now()
            elif wait <= 0:
                # Making up for lost time must not keep everything else from happening.
                await asyncio.sleep(0)
