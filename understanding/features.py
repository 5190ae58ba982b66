"""Text features the linear models and the phrase index share: words and letters, with and without diacritics.

Half of the messages come without diacritics, so folded features carry the meaning; features with diacritics only
count when the message has some, and then tell "tạm trú" from "tạm trữ".
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from language.normalise import fold
from language.said_in import foreign_words

CHAR_SIZES = (3, 4)


@dataclass(frozen=True)
class Utterance:
    """A message ready for feature extraction."""

    normalised: str
    """Lower case, NFC, abbreviations written out (:func:`language.normalise.normalise`)."""
    folded: str
    """The same without diacritics."""

    @classmethod
    def of(cls, normalised: str) -> Utterance:
        """Wrap a text that :func:`language.normalise.normalise` returned."""
        return cls(normalised, fold(normalised))

    @property
    def has_diacritics(self) -> bool:
        """Whether the writer used Vietnamese letters at all."""
        return self.normalised != self.folded

    @cached_property
    def compared(self) -> str:
        """The folded text as features see it: words of another language in capitals, so that "me" is not "mẹ"."""
        foreign = foreign_words(self.normalised)
        if foreign is None:
            return self.folded
        known = foreign.grammar | foreign.names
        return " ".join(word.upper() if word in known else word for word in self.folded.split())

    # Several indexes and models compare one message by the same features.

    @cached_property
    def words(self) -> list[str]:
        """:func:`word_features` without diacritics."""
        return word_features(self.compared)

    @cached_property
    def words_with_diacritics(self) -> list[str]:
        """:func:`word_features` as written."""
        return word_features(self.normalised)

    @cached_property
    def letters(self) -> list[str]:
        """:func:`char_features` without diacritics."""
        return char_features(self.compared)

    def let_go(self) -> None:
        """Drop the features made so far. Those of thirteen thousand phrases, made while an index is built, would lie
        between what the index keeps, and the process could not give their memory back (77 MB).
        """
        for name in ("words", "words_with_diacritics", "letters"):
            self.__dict__.pop(name, None)


def word_features(text: str) -> list[str]:
    """Words and pairs of neighbouring words."""
    words = text.split()
    return words + [f"{left} {right}" for left, right in itertools.pairwise(words)]


def char_features(text: str) -> list[str]:
    """Runs of three and four letters inside words, word borders marked; they survive spelling mistakes."""
    found: list[str] = []
    for word in text.split():
        padded = f"<{word}>"
        for size in CHAR_SIZES:
            found += [padded[start : start + size] for start in range(len(padded) - size + 1)]
    return found


def counted_features(utterance: Utterance) -> Counter[str]:
    """All features of an utterance for the linear model, prefixed by kind."""
    features: Counter[str] = Counter("w:" + feature for feature in utterance.words)
    features.update("c:" + feature for feature in utterance.letters)
    if utterance.has_diacritics:
        features.update("d:" + feature for feature in utterance.words_with_diacritics)
    return features
