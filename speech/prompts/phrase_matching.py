"""Finding a sentence in what people have recorded, the longest piece first. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import accumulate

from speech.audio import Recording


class Breath:
    """The pause of a comma between two pieces of which one is a recording; inside its own words a voice makes it."""


BREATH = Breath()
FEWEST_WORDS = 4
"""Words a recording must have to stand inside a phrase that is synthesised otherwise. Two voices taking turns word by
word cannot be understood; a digit is played only when everything between two commas is recorded."""

_WORD = re.compile(r"\w+")
_PHRASE = re.compile(r"[^,;:.!?]+[,;:.!?]*")


class Phrasebook:
    """Recordings by their words, without regard to case and punctuation.

    Args:
        recordings: sound by text.
    """

    def __init__(self, recordings: Mapping[str, Recording]) -> None:
        self._sounds = {words: sound for text, sound in recordings.items() if (words := words_of(text))}
        self._longest = max(map(len, self._sounds), default=0)

    def pieces(self, text: str) -> tuple[str | Recording | Breath, ...]:
        """The text in order: recordings, words where there are none, and a breath at every comma beside a recording."""
        found: list[str | Recording | Breath] = []
        phrases = _PHRASE.findall(text)
        whole = self._cover([words_of(phrase) for phrase in phrases])
        if whole is not None:
            return tuple(whole)
        for phrase in phrases:
            pieces: Sequence[str | Recording | Breath] = self._cover([words_of(phrase)]) or self._beside_words(phrase)
            for at, piece in enumerate(piece for piece in pieces if piece):
                if isinstance(piece, str) and found and isinstance(found[-1], str):
                    found[-1] = f"{found[-1]} {piece}"
                elif at == 0 and found:
                    found += [BREATH, piece]
                else:
                    found.append(piece)
        return tuple(found)

    def _cover(self, phrases: Sequence[Sequence[str]]) -> list[Recording | Breath] | None:
        """The fewest recordings that together are exactly these words; None when something is missing."""
        words = [word for phrase in phrases for word in phrase]
        commas = set(accumulate(map(len, phrases)))
        best: list[list[Recording | Breath] | None] = [[], *[None] * len(words)]
        counts = [0] * (len(words) + 1)
        for end in range(1, len(words) + 1):
            for start in range(max(0, end - self._longest), end):
                before, sound = best[start], self._sounds.get(tuple(words[start:end]))
                if before is None or sound is None:
                    continue
                if best[end] is None or counts[start] + 1 < counts[end]:
                    best[end] = [*before, *([BREATH] if start in commas and before else []), sound]
                    counts[end] = counts[start] + 1
        return best[-1] if words else None

    def _beside_words(self, phrase: str) -> list[str | Recording]:
        """Long recordings inside a phrase, from the left, with the words between them."""
        spans = [match.span() for match in _WORD.finditer(unicodedata.normalize("NFC", phrase))]
        phrase = unicodedata.normalize("NFC", phrase)
        words = words_of(phrase)
        found: list[str | Recording] = []
        at = written_to = 0
        while at < len(words):
            lengths = range(min(self._longest, len(words) - at), FEWEST_WORDS - 1, -1)
            length = next((length for length in lengths if words[at : at + length] in self._sounds), 0)
            if length:
                found += [phrase[written_to : spans[at][0]].strip(), self._sounds[words[at : at + length]]]
                written_to = spans[at + length - 1][1]
            at += length or 1
        return [*found, phrase[written_to:].strip()]


def words_of(text: str) -> tuple[str, ...]:
    """What a recording is found by: its words, without regard to case and punctuation."""
    return tuple(_WORD.findall(unicodedata.normalize("NFC", text).casefold()))
