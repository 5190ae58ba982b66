"""Sounds and voices for the tests of speaking."""

from __future__ import annotations

import asyncio

import numpy as np

from speech.audio import Recording
from speech.voices.voice import Style


def tone(seconds: float, rate: int = 16000, amplitude: float = 0.3, hertz: float = 440.0) -> Recording:
    """A steady tone."""
    at = np.arange(round(seconds * rate)) / rate
    return Recording((np.sin(2 * np.pi * hertz * at) * amplitude * 32767).astype("<i2").tobytes(), rate)


class ToneVoice:
    """A voice that hums a tenth of a second for each text and remembers what it was asked."""

    name = "tone-1"
    sample_rate = 22050
    languages = frozenset({"vi", "en"})

    def __init__(self) -> None:
        self.asked: list[tuple[str, Style]] = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def speak(self, text: str, style: Style) -> bytes:
        self.asked.append((text, style))
        await self.may_go_on.wait()
        return tone(0.1, self.sample_rate).pcm

    async def close(self) -> None:
        """Nothing runs."""
