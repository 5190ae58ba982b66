"""Tells syllables that were typed bare on purpose from those whose diacritics were left out.

Most messages have all of their diacritics or none. "Con ở xa" in a message that has them is far away and no commune
("xã"), which the same letters are in a message that has none.
"""

from __future__ import annotations

from language.phrasings import words

MARK = "·"
"""Behind a syllable that stands for itself alone; no character of a normalised text."""
LEAST_WITH_DIACRITICS = 1 / 3
"""Share of syllables from which a message counts as typed with diacritics; in whole sentences it is two of three."""


def marked(normalised: str) -> str:
    """A message in which each syllable that was typed bare on purpose has :data:`MARK` behind it."""
    if normalised.isascii():
        return normalised
    said = normalised.split()
    if sum(not word.isascii() for word in said) < LEAST_WITH_DIACRITICS * len(said):
        return normalised
    # "dong bhxh duoc may nam": an abbreviation that is written out has diacritics although none were typed.
    if not words("never_bare").isdisjoint(said):
        return normalised
    bare = words("bare_syllables")
    return " ".join(word + MARK if word in bare else word for word in said)


def unmarked(text: str) -> str:
    """The text as it was before it was marked."""
    return text.replace(MARK, "")


def own(word: str) -> str:
    """The expression of a syllable as it is written, marked or not."""
    return MARK + "?" if word in words("bare_syllables") else ""
