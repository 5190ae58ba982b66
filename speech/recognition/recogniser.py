"""The protocol every recognition engine follows: PCM in, partial and final text out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

RATE = 16000
"""Hz every engine here listens at: small models know nothing else, and telephone sound is brought up to it."""


@dataclass(frozen=True)
class Hints:
    """What the dialogue expects to hear next."""

    phrases: tuple[str, ...] = ()
    closed: bool = False
    """Whether one of the phrases, and nothing else, is a useful answer."""


OPEN = Hints()


@dataclass(frozen=True)
class Word:
    """One word heard."""

    text: str
    start: float
    """Seconds from the beginning of the utterance."""
    end: float
    confidence: float
    """0 to 1."""


@dataclass(frozen=True)
class Partial:
    """What has been understood so far; it may still change."""

    text: str
    seconds: float
    """Sound taken in so far."""


@dataclass(frozen=True)
class Heard:
    """What was said."""

    text: str
    """The engine's words; empty when it heard none."""
    confidence: float | None
    """0 to 1; None from an engine that gives none."""
    seconds: float
    """Sound taken in."""
    words: tuple[Word, ...] = ()
    phrase: str | None = None
    """The allowed phrase this stands for, when the hints were closed; None for none of them."""


class Listening(Protocol):
    """One utterance. Not for several threads at once."""

    def feed(self, pcm: bytes) -> Partial | None:
        """Take PCM at the recogniser's rate; return the text so far when it has changed.

        Raises:
            RecognitionFailed: when the engine gives up.
        """

    def finish(self) -> Heard:
        """End the utterance and return what was said; nothing may be fed afterwards."""

    def abandon(self) -> None:
        """Drop the utterance and free its memory; harmless after :meth:`finish`."""


class Recogniser(Protocol):
    """A loaded model, shared by all utterances of a process.

    One that tells words while somebody still speaks says so by ``tells_words = True``: then a turn in which no word
    comes for seconds is taken for noise. One whose text so far is what :meth:`Listening.finish` would give, once it has
    taken so many seconds of silence, and that gives no confidence, names them as ``settles_after``: then nobody waits
    for the end of its work.
    """

    @property
    def name(self) -> str:
        """The engine's name in the settings."""

    @property
    def sample_rate(self) -> int:
        """Hz of the PCM it takes."""

    def open(self, hints: Hints = OPEN) -> Listening:
        """Begin an utterance."""

    def knows(self, word: str) -> bool:
        """Whether the engine can ever write this word."""

    def close(self) -> None:
        """Free the model."""


def unknown_words(recogniser: Recogniser, phrases: Iterable[str]) -> tuple[str, ...]:
    """Words of the phrases the model lacks, each once, in order; a grammar with them would never hear them."""
    found: dict[str, None] = {}
    for phrase in phrases:
        found.update((word, None) for word in spoken_words(phrase) if not recogniser.knows(word))
    return tuple(found)


def spoken_words(phrase: str) -> list[str]:
    """The words of a phrase as models write them: small letters, no punctuation."""
    return "".join(letter if letter.isalnum() else " " for letter in phrase.lower()).split()
