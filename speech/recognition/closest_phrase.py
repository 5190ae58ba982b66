"""Which of the allowed phrases was meant, by edit distance over folded syllables.

Closed choices are far safer than open speech: on short telephone recordings the nearest phrase is right where half of
the words are wrong. Folding takes the diacritics off, because tone and vowel shape are what recognisers confuse first;
they still decide between phrases that fold alike.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from language.characters import fold
from speech.recognition.recogniser import Heard, Hints, spoken_words

LEAST_LIKENESS = 0.4
"""Below this nothing was meant. On 80 short telephone recordings (8 phrases, viet-asr), with this and the margin below,
66 were right, two wrong and 12 undecided; at 0.5 five fewer were found. Of 208 pairs of talk about other things and a
list of choices four were taken for a choice, all because they share a whole syllable with it: ask "đúng không" before
anything that matters."""
LEAST_MARGIN = 0.05
"""A best phrase that leads the second by less is no decision: the citizen is asked again."""

_DIACRITICS_WEIGHT = 0.2
"""Share of the likeness that the written form with diacritics decides; the rest is decided without them."""


@dataclass(frozen=True)
class Likeness:
    """How well a phrase fits what was heard."""

    phrase: str
    score: float
    """0 to 1; 1 is the same words."""


def likenesses(heard: str, phrases: Sequence[str]) -> list[Likeness]:
    """Every phrase with its likeness, the best first; of equals the first named."""
    said = _written(heard)
    found = [Likeness(phrase, _likeness(said, _written(phrase))) for phrase in dict.fromkeys(phrases)]
    return sorted(found, key=lambda one: -one.score)


def closest(
    heard: str, phrases: Sequence[str], least: float = LEAST_LIKENESS, margin: float = LEAST_MARGIN
) -> str | None:
    """The phrase that was meant; None when none of them fits or two fit alike.

    Args:
        heard: the recogniser's text.
        phrases: what is allowed.
        least: likeness (0 to 1) below which nothing was meant.
        margin: lead (0 to 1) the best needs over the second.
    """
    ranked = likenesses(heard, phrases)
    if not heard.strip() or not ranked or ranked[0].score < least:
        return None
    if len(ranked) > 1 and ranked[0].score - ranked[1].score < margin:
        return None
    return None if _says_only_what_several_share(heard, phrases) else ranked[0].phrase


def decided(heard: Heard, hints: Hints) -> Heard:
    """The same with its allowed phrase filled in, when the hints are closed."""
    return replace(heard, phrase=closest(heard.text, hints.phrases)) if hints.closed else heard


def _says_only_what_several_share(heard: str, phrases: Sequence[str]) -> bool:
    """Whether "khai" was heard where "khai sinh" and "khai tử" are allowed: the shorter one is nearer, and a guess."""
    said = fold(_written(heard))
    folded = {fold(_written(phrase)) for phrase in phrases}
    return said not in folded and sum(f" {said} " in f" {phrase} " for phrase in folded) > 1


def _written(text: str) -> str:
    return " ".join(spoken_words(unicodedata.normalize("NFC", text)))


def _likeness(said: str, phrase: str) -> float:
    folded = _similarity(fold(said), fold(phrase))
    return (1 - _DIACRITICS_WEIGHT) * folded + _DIACRITICS_WEIGHT * _similarity(said, phrase)


def _similarity(said: str, phrase: str) -> float:
    """Letters and whole syllables count alike, so that one long phrase is not preferred for its length."""
    letters = Levenshtein.normalized_similarity(said, phrase)
    syllables = Levenshtein.normalized_similarity(said.split(), phrase.split())
    return (letters + max(letters, syllables)) / 2
