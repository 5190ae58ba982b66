"""Finding a sentence in what people have recorded, the longest piece first. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from speech.audio import Recording

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
        self._sounds = {words: sound for text, sound in recordings.items() if (words := _words(text))}
        self._longest = max(map(len, self._sounds), default=0)

    def pieces(self, text: str) -> tuple[str | Recording, ...]:
        """The text in order: recordings, and words where there are none."""
        whole = self._cover(_words(text))
        if whole is not None:
            return tuple(whole)
        found: list[str | Recording] = []
        for phrase in _PHRASE.findall(text):
            for piece in self._cover(_words(phrase)) or self._beside_words(phrase):
                if not piece:
                    continue
                if isinstance(piece, str) and found and isinstance(found[-1], str):
                    found[-1] = f"{found[-1]} {piece}"
                else:
                    found.append(piece)
        return tuple(found)

    def _cover(self, words: Sequence[str]) -> list[Recording] | None:
        """The fewest recordings that together are exactly these words; None when something is missing."""
        best: list[list[Recording] | None] = [[], *[None] * len(words)]
        for end in range(1, len(words) + 1):
            for start in range(max(0, end - self._longest), end):
                before, sound = best[start], self._sounds.get(tuple(words[start:end]))
                if before is None or sound is None:
                    continue
                so_far = best[end]
                if so_far is None or len(before) + 1 < len(so_far):
                    best[end] = [*before, sound]
        return best[-1] if words else None

    def _beside_words(self, phrase: str) -> list[str | Recording]:
        """Long recordings inside a phrase, from the left, with the words between them."""
        spans = [match.span() for match in _WORD.finditer(unicodedata.normalize("NFC", phrase))]
        phrase = unicodedata.normalize("NFC", phrase)
        words = _words(phrase)
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


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFC", text).casefold()))
