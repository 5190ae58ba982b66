"""What a Vietnamese syllable is: its parts, where its tone mark stands, and how common it is."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass

from language import data
from language.characters import fold

TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_TONE_MARKS = frozenset(TONES.values())
_STOPPED_TONES = ("", TONES["s"], TONES["j"])
_FRONT_VOWELS = ("i", "e", "ê", "y")
_MARKED_VOWELS = "ăâêôơ"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word-list side of the language: sounds, and bits of surprise (-log2 of frequency) by syllable."""

    onsets: tuple[str, ...]
    rimes: frozenset[str]
    surprise: dict[str, float]
    """Syllables as written, with tone."""
    folded_surprise: dict[str, float]
    """Syllables without diacritics; the frequencies of all that fold together are summed."""


@dataclass(frozen=True, slots=True)
class Syllable:
    """A syllable taken apart; `rime` keeps its vowel shapes but no tone mark."""

    onset: str
    rime: str
    tone: str
    """A combining mark, or the empty string for the level tone."""

    def written(self) -> str:
        """Return the syllable with its tone mark where Vietnamese dictionaries put it (hòa, thủy, người)."""
        if not self.tone:
            return self.onset + self.rime
        at = _tone_position(self.rime)
        marked = self.rime[: at + 1] + self.tone + self.rime[at + 1 :]
        return unicodedata.normalize("NFC", self.onset + marked)


@data.cached()
def lexicon() -> Lexicon:
    """Return the syllable tables, read on first use."""
    content = data.load("syllables")
    weights: dict[str, float] = {}
    for row in content["common"]:
        for syllable in row["syllables"].split():
            weights.setdefault(syllable, float(row["occurrences"]))
    folded: dict[str, float] = {}
    for syllable, weight in weights.items():
        folded[fold(syllable)] = folded.get(fold(syllable), 0.0) + weight
    total = sum(weights.values())
    return Lexicon(
        onsets=("", *content["onsets"].split()),
        rimes=frozenset(content["rimes"].split()),
        surprise={word: math.log2(total / weight) for word, weight in weights.items()},
        folded_surprise={word: math.log2(total / weight) for word, weight in folded.items()},
    )


@data.cached(maxsize=20_000)
def parse(word: str) -> Syllable | None:
    """Take a lower-case NFC word apart, wherever its tone mark was typed; None when it is no syllable.

    A word without any diacritics parses only when it is a syllable as it stands; `is_syllable` also takes
    words typed without their vowel shapes.
    """
    if not word or len(word) > 7:
        return None
    tone, letters = "", []
    for sign in unicodedata.normalize("NFD", word):
        if sign in _TONE_MARKS:
            if tone:
                return None
            tone = sign
        else:
            letters.append(sign)
    toneless = unicodedata.normalize("NFC", "".join(letters))
    for onset, rime in _divisions(toneless):
        if rime in lexicon().rimes and _fits(onset, rime, tone):
            return Syllable(onset, rime, tone) if onset != "gi" or toneless[2:] == rime else Syllable("g", rime, tone)
    return None


@data.cached(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Tell whether a lower-case word can be a syllable, with all, some or none of its diacritics typed."""
    if parse(word) is not None:
        return True
    if not word or len(word) > 7:
        return False
    folded = fold(word)
    return any(rime in _folded_rimes() and _onset_fits(onset, rime) for onset, rime in _divisions(folded))


def is_common(word: str) -> bool:
    """Tell whether a lower-case word, with or without its diacritics, is a syllable in common use."""
    return word in lexicon().surprise or fold(word) in lexicon().folded_surprise


def _divisions(word: str) -> list[tuple[str, str]]:
    """Return the ways to cut a word into onset and rime, longest onset first."""
    cuts = [(onset, word[len(onset) :]) for onset in _onsets_by_length() if word.startswith(onset)]
    # "gi" swallows the vowel i of its rime: gì, gìn, giếng.
    if word.startswith("gi"):
        cuts.insert(1, ("gi", word[1:]))
    return cuts


@data.cached()
def _onsets_by_length() -> tuple[str, ...]:
    folded = {fold(onset) for onset in lexicon().onsets}
    return tuple(sorted(folded | set(lexicon().onsets), key=len, reverse=True))


@data.cached()
def _folded_rimes() -> frozenset[str]:
    return frozenset(fold(rime) for rime in lexicon().rimes)


def _fits(onset: str, rime: str, tone: str) -> bool:
    stopped = rime.endswith(("c", "ch", "p", "t"))
    return _onset_fits(onset, rime) and (not stopped or tone in _STOPPED_TONES)


def _onset_fits(onset: str, rime: str) -> bool:
    front = rime.startswith(_FRONT_VOWELS)
    if onset in ("k", "gh", "ngh"):
        return front
    if onset in ("c", "g", "ng"):
        return not front
    if onset == "qu":
        return not rime.startswith(("u", "ư", "oa", "oe", "oă"))
    return onset != "" or not rime.startswith(("iê", "ie"))


def _tone_position(rime: str) -> int:
    """Return the index of the vowel that carries the tone mark."""
    if "ươ" in rime:
        return rime.index("ươ") + 1
    for index, letter in enumerate(rime):
        if letter in _MARKED_VOWELS:
            return index
    vowels = [index for index, letter in enumerate(rime) if letter in "aeiouyư"]
    if len(vowels) == 1:
        return vowels[0]
    if len(vowels) == 3 or len(rime) > len(vowels):
        return vowels[1]
    return vowels[0]
