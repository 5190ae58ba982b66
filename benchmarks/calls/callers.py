"""Callers of the benchmark: some talk, most listen, press a key now and then, and send a quiet line."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.calls.stream_caller import StreamCaller

GREETING = (7.0, 9.0)
"""Seconds into the call at which a caller speaks first: that a machine answers is said to its end, whoever speaks."""
_GIVES_WAY = 1.3
"""Seconds of a caller's speech after which a voice that has not stopped did not notice; a word stops it after one."""
_PATIENCE = 15.0
LINE_LEVEL = 8
"""Amplitude of the hiss of a line nobody speaks on."""


@dataclass
class Times:
    """Seconds, one value an event."""

    key_to_sound: list[float] = field(default_factory=list)
    """From a key to the first sound of its answer."""
    key_to_clear: list[float] = field(default_factory=list)
    """From a key to the order to be silent."""
    speech_to_clear: list[float] = field(default_factory=list)
    """From the first sound of a voice to the order to be silent."""
    speech_to_sound: list[float] = field(default_factory=list)
    """From the last syllable of a sentence to the first sound of its answer."""
    unanswered: int = 0
    """Sentences over which the voice went on, or after which nothing came."""
    ended: int = 0
    """Calls the system ended before their caller did."""
    gaps: list[float] = field(default_factory=list)
    """By how much sound came too late for the line it belongs to."""
    pieces: int = 0
    """Pieces of sound heard."""


async def listen(caller: StreamCaller, seconds: float, times: Times, chance: random.Random) -> None:
    """Listen, and press "repeat" now and then while the voice speaks."""
    end = time.monotonic() + seconds
    hissing = asyncio.create_task(_hiss(caller))
    try:
        while time.monotonic() < end:
            await asyncio.sleep(chance.uniform(4, 8))
            pressed, heard, cleared = time.monotonic(), len(caller.arrivals), len(caller.clears)
            await caller.press("#")
            first = await _next(caller.arrivals, heard)
            if first is not None:
                if len(caller.clears) > cleared:
                    times.key_to_clear.append(caller.clears[cleared] - pressed)
                    # What was on its way when the key was pressed is no answer.
                    answers = [at for at in caller.arrivals[heard:] if at >= caller.clears[cleared]]
                    first = answers[0] if answers else await _next(caller.arrivals, len(caller.arrivals))
                if first is not None:
                    times.key_to_sound.append(first - pressed)
    finally:
        await _stop(hissing)


async def talk(
    caller: StreamCaller, seconds: float, times: Times, chance: random.Random, sounds: Sequence[bytes]
) -> None:
    """Say a sentence, hear some seconds of the answer, interrupt it with the next sentence."""
    end = time.monotonic() + seconds
    await asyncio.sleep(chance.uniform(*GREETING))
    while time.monotonic() < end:
        began, cleared = time.monotonic(), len(caller.clears)
        await caller.speak(chance.choice(sounds), paced=True)
        spoken = time.monotonic()
        if len(caller.clears) > cleared:
            times.speech_to_clear.append(caller.clears[cleared] - began)
        hissing = asyncio.create_task(_hiss(caller))
        first = await _answer(caller, began, cleared, spoken)
        if first is None:
            times.unanswered += 1
        else:
            times.speech_to_sound.append(first - spoken)
        await asyncio.sleep(chance.uniform(2.5, 5.0))
        await _stop(hissing)


async def _answer(caller: StreamCaller, began: float, cleared: int, spoken: float) -> float | None:
    """When the answer to a sentence began; what was on its way before the voice gave way is none."""
    talked_over = any(began + _GIVES_WAY < at < spoken for at in caller.arrivals)
    deadline = spoken + _PATIENCE
    while time.monotonic() < deadline:
        gave_way = caller.clears[-1] if len(caller.clears) > cleared else None
        if gave_way is not None or not talked_over:
            since = max(spoken, gave_way or 0.0)
            if (first := next((at for at in caller.arrivals if at > since), None)) is not None:
                return first
        await asyncio.sleep(0.002)
    return None


async def _hiss(caller: StreamCaller) -> None:
    noise = random.Random(1)
    second = b"".join(noise.randrange(-LINE_LEVEL, LINE_LEVEL).to_bytes(2, "little", signed=True) for _ in range(8000))
    while True:
        await caller.speak(second, paced=True)


async def _next(arrivals: list[float], count: int, limit: float = 15.0) -> float | None:
    deadline = time.monotonic() + limit
    while len(arrivals) <= count:
        if time.monotonic() > deadline:
            return None
        await asyncio.sleep(0.002)
    return arrivals[count]


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
