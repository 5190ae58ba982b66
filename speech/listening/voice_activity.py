"""Whether there is a voice in a piece of sound: WebRTC's detector behind a gate that knows how loud the room is.

Where a line has been loud for a while, on a street or beside a radio, a more careful detector takes its place
(:mod:`speech.listening.loud_place`).
"""

from __future__ import annotations

from dataclasses import dataclass

import webrtcvad

from speech.audio import BYTES_PER_SAMPLE, level
from speech.listening.loud_place import EARS, CarefulEar, CarefulEars, LoudPlace

FRAME_SECONDS = 0.02
"""Length of the frames that are judged; telephony sends the same."""
RATES = (8000, 16000, 32000, 48000)
"""Hz the detector knows."""


@dataclass(frozen=True)
class GateTunables:
    """How loud sound must be to be considered at all, in dB."""

    aggressiveness: int = 1
    """WebRTC's 0 (takes most for speech) to 3 (takes least); from 2 on quiet callers are missed."""
    above_noise: float = 8.0
    """Decibels a voice is above the noise of the line or room."""
    quietest: float = -55.0
    """dBFS below which nothing is a voice, in however quiet a room."""
    loudest_floor: float = -30.0
    """dBFS above which the noise is not believed to be noise, so that steady loud speech is still heard."""
    rise_per_second: float = 3.0
    """Decibels the estimate of the noise climbs in a second of louder sound; it falls at once."""


DEFAULT_GATE = GateTunables()


class VoiceActivity:
    """Judges a stream of PCM frame by frame; keeps what is left of an odd piece for the next.

    Args:
        rate: Hz, one of :data:`RATES`.
        tunables: of the gate.
        ears: lends the more careful detector; None for none.

    Raises:
        ValueError: for another rate.
    """

    def __init__(self, rate: int, tunables: GateTunables = DEFAULT_GATE, ears: CarefulEars | None = EARS) -> None:
        if rate not in RATES:
            raise ValueError(f"voice activity is judged at {RATES} Hz, not at {rate}")
        self._rate = rate
        self._tunables = tunables
        self._detector = webrtcvad.Vad(tunables.aggressiveness)
        self._frame = int(rate * FRAME_SECONDS) * BYTES_PER_SAMPLE
        self._rest = b""
        self._place = LoudPlace(FRAME_SECONDS)
        self._ears = ears
        self._ear: CarefulEar | None = None
        self.noise = tunables.quietest - tunables.above_noise
        """dBFS of the line or room, as estimated so far."""
        self.is_loud = False
        """Whether it has been loud for a while, without a quiet moment."""

    def feed(self, pcm: bytes) -> list[bool]:
        """A verdict for each complete frame of 20 ms, in order."""
        pcm = self._rest + pcm
        whole = len(pcm) - len(pcm) % self._frame
        self._rest = pcm[whole:]
        return [self._judge(pcm[at : at + self._frame]) for at in range(0, whole, self._frame)]

    def _judge(self, frame: bytes) -> bool:
        loudness = level(frame)
        threshold = max(self._tunables.quietest, self.noise + self._tunables.above_noise)
        climbed = self.noise + self._tunables.rise_per_second * FRAME_SECONDS
        self.noise = min(loudness, climbed, self._tunables.loudest_floor)
        self.is_loud = self._place.is_loud_after(loudness)
        if self._ears is None or not self.is_loud:
            self._ear = None
        elif self._ear is None:
            self._ear = self._ears.lend(self._rate)
        if self._ear is not None:
            # It hears every frame: what was before tells it what is speech now.
            return self._ear.hears_voice(frame) and loudness >= threshold
        return loudness >= threshold and bool(self._detector.is_speech(frame, self._rate))
