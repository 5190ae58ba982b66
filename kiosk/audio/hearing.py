"""One utterance at the kiosk's microphone: sound in, news for the page out. No sound is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from speech.audio import BYTES_PER_SAMPLE
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


FAILED: Final = News("failed")


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
        self.is_over = False

    def feed(self, pcm: bytes) -> list[News]:
        """Take a piece of PCM; what the page should know now. After ``is_over`` call :meth:`finish`."""
        news: list[News] = []
        for is_speech in self._activity.feed(pcm):
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
            news.append(News("partial", partial.text))
        return news

    async def finish(self) -> News:
        """What was said in all."""
        self.is_over = True
        heard = await self._stream.finish()
        if isinstance(heard, Failure):
            return FAILED
        text = heard.text.strip()
        # A recogniser hears words in any noise; without a voice there were none.
        return News("final", text) if text and self._spoken else News("nothing")

    def abandon(self) -> None:
        """Drop the utterance."""
        self._stream.abandon()
