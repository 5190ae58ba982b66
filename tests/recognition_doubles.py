"""A recogniser that needs no model: it hears what the bytes spell, and can be told to fail in every way."""

from __future__ import annotations

import os
import time

from speech.errors import EngineMissing, RecognitionFailed
from speech.recognition.closest_phrase import decided
from speech.recognition.recogniser import OPEN, RATE, Heard, Hints, Partial

SILENCE = 0


def spoken(text: str, rate: int = RATE, seconds: float = 0.1) -> bytes:
    """PCM the double hears as this text: a sample for each letter's code, then silence."""
    sound = b"".join(ord(letter).to_bytes(2, "little") for letter in text)
    return sound + bytes(max(0, int(rate * seconds) * 2 - len(sound)))


class SpellingRecogniser:
    """Hears the letters its samples stand for."""

    name = "spelling"
    sample_rate = RATE

    def open(self, hints: Hints = OPEN) -> SpellingListening:
        if "refuse to open" in hints.phrases:
            raise RecognitionFailed("refused")
        return SpellingListening(hints)

    def knows(self, word: str) -> bool:
        return word != "lạ"

    def close(self) -> None:
        pass


class SpellingListening:
    def __init__(self, hints: Hints) -> None:
        self._hints = hints
        self._text = ""
        self._size = 0

    def feed(self, pcm: bytes) -> Partial | None:
        self._size += len(pcm)
        codes = [int.from_bytes(pcm[at : at + 2], "little") for at in range(0, len(pcm) - 1, 2)]
        letters = "".join(chr(code) for code in codes if code != SILENCE)
        self._text += letters
        if "crash" in self._text:
            os._exit(7)
        if "fail" in self._text:
            raise RecognitionFailed("asked to fail")
        if "hang" in letters:
            time.sleep(3600)
        return Partial(self._text, self._size / 2 / RATE) if letters else None

    def finish(self) -> Heard:
        return decided(Heard(self._text, 1.0, self._size / 2 / RATE), self._hints)

    def abandon(self) -> None:
        pass


class SlowRecogniser(SpellingRecogniser):
    """Takes twice as long as the sound, and is done with it half a second of silence later."""

    settles_after = 0.5

    def open(self, hints: Hints = OPEN) -> SpellingListening:
        return SlowListening(hints)


class SlowListening(SpellingListening):
    def feed(self, pcm: bytes) -> Partial | None:
        time.sleep(2 * len(pcm) / 2 / RATE)
        return super().feed(pcm)


def slow() -> SpellingRecogniser:
    """Falls behind whoever speaks."""
    return SlowRecogniser()


def spelling() -> SpellingRecogniser:
    """Loads at once."""
    return SpellingRecogniser()


def missing() -> SpellingRecogniser:
    """Never loads."""
    raise EngineMissing("no model; install one")


def dying() -> SpellingRecogniser:
    """Ends the worker while it loads."""
    os._exit(9)
