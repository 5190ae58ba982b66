"""One recording from beginning to end, with what it cost: for the command line and for measurements."""

from __future__ import annotations

import time
from dataclasses import dataclass

from speech.audio import BYTES_PER_SAMPLE, Recording, resampled
from speech.recognition.recogniser import OPEN, Heard, Hints, Recogniser

PIECE_SECONDS = 0.1
"""Sound is fed in such pieces, as a call brings it."""


@dataclass(frozen=True)
class Transcript:
    """What was heard, and how long it took."""

    heard: Heard
    recognising_seconds: float
    """Processing in all."""
    finishing_seconds: float
    """Of that, after the last sound: what somebody waits for an answer."""

    @property
    def real_time_factor(self) -> float:
        """Seconds of processing for a second of sound."""
        return self.recognising_seconds / self.heard.seconds


def transcribe(recogniser: Recogniser, recording: Recording, hints: Hints = OPEN) -> Transcript:
    """Recognise a recording of any rate.

    Raises:
        RecognitionFailed: when the engine gives up.
    """
    pcm = resampled(recording.pcm, recording.rate, recogniser.sample_rate)
    step = int(PIECE_SECONDS * recogniser.sample_rate) * BYTES_PER_SAMPLE
    began = time.perf_counter()
    listening = recogniser.open(hints)
    for at in range(0, len(pcm), step):
        listening.feed(pcm[at : at + step])
    fed = time.perf_counter()
    heard = listening.finish()
    ended = time.perf_counter()
    return Transcript(heard, ended - began, ended - fed)
