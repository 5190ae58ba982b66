"""One utterance at the kiosk's microphone: sound in, news for the page out. No sound is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from speech.audio import BYTES_PER_SAMPLE, level
from speech.listening.turn_end import TurnEnd, TurnEvent, TurnTimes
from speech.listening.voice_activity import FRAME_SECONDS, VoiceActivity
from speech.recognition.pool import Failure, RecogniserPool

RATE: Final = 16_000
"""Hz the page sends."""
LARGEST_PIECE: Final = RATE * BYTES_PER_SAMPLE
"""Bytes of one message: a second of sound. The page sends a fiftieth of that."""
TIMES: Final = TurnTimes(end_silence=1.2, no_input=10.0, longest_turn=30.0)
"""Slower than on the telephone: people look at the screen while they speak, and nobody pays by the minute."""


@dataclass(frozen=True, slots=True)
class News:
    """What the page is told."""

    type: str
    """``speech``: somebody has begun; ``partial``: text so far; ``final``: all of it; ``nothing``: nobody spoke;
    ``failed``: it cannot be recognised."""
    text: str = ""
    loud: bool = False
    """With the last two but one: the room was so loud that words are easily lost in it."""


FAILED: Final = News("failed")
LOUD_ROOM: Final = -38.0
"""dBFS of the quietest moments from which on a room is loud: a voice at the microphone is some 15 dB above it."""
WORDLESS_SECONDS: Final = 8.0
"""Sound like a voice without a pause or a word, after which nobody is waited for: music, an engine, many people."""


def _is_loud(levels: list[float]) -> bool:
    """Whether the quietest tenth of an utterance is loud: every speaker pauses, a noise does not."""
    return bool(levels) and sorted(levels)[len(levels) // 10] >= LOUD_ROOM


class Hearing:
    """Listens to one utterance.

    Args:
        pool: recognises.
        by_hand: the visitor ends the utterance (holds the button), not a silence.
    """

    def __init__(self, pool: RecogniserPool, *, by_hand: bool = False) -> None:
        self._activity = VoiceActivity(RATE)
        self._turn = TurnEnd(TIMES)
        self._stream = pool.open(RATE)
        self._by_hand = by_hand
        self._spoken = False
        self._wordless = 0.0
        self._levels: list[float] = []
        self.is_over = False

    def feed(self, pcm: bytes) -> list[News]:
        """Take a piece of PCM; what the page should know now. After ``is_over`` call :meth:`finish`."""
        news: list[News] = []
        self._levels.append(level(pcm))
        for is_speech in self._activity.feed(pcm):
            self._wordless += FRAME_SECONDS if self._spoken else 0.0
            event = self._turn.process(FRAME_SECONDS, is_speech)
            if event is TurnEvent.SPEECH_STARTED:
                self._spoken = True
                news.append(News("speech"))
            elif event is TurnEvent.TOO_LONG or (event is not None and not self._by_hand):
                self.is_over = True
        partial = self._stream.feed(pcm)
        if self._stream.failure is not None:
            self.is_over = True
        elif partial is not None:
            self._wordless = 0.0
            news.append(News("partial", partial.text))
        elif self._wordless >= WORDLESS_SECONDS and not self._by_hand and _is_loud(self._levels):
            self.is_over = True
        return news

    async def finish(self) -> News:
        """What was said in all."""
        self.is_over = True
        heard = await self._stream.finish()
        if isinstance(heard, Failure):
            return FAILED
        text = heard.text.strip()
        # A recogniser hears words in any noise; without a voice there were none.
        loud = _is_loud(self._levels)
        return News("final", text, loud) if text and self._spoken else News("nothing", loud=loud)

    def abandon(self) -> None:
        """Drop the utterance."""
        self._stream.abandon()
