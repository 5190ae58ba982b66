"""The word lists behind what a voice says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from language import data


@dataclass(frozen=True, slots=True)
class SpokenForms:
    """The content of ``spoken_forms.yml``."""

    abbreviations: dict[str, str]
    letters: dict[str, str]
    document_types: dict[str, str]
    document_agencies: dict[str, str]
    hotlines: frozenset[str]
    units: dict[str, str]
    signs: dict[str, str]
    address_words: dict[str, str]
    abbreviation_pattern: str
    """Regular expression for any abbreviation, the longest first."""
    document_word_pattern: str


@cache
def spoken_forms() -> SpokenForms:
    """Return the spoken forms, read on first use."""
    content = data.load("spoken_forms")
    longest_first = sorted(content["abbreviations"], key=len, reverse=True)
    words = [word.strip() for word in content["document_words"].split("|")]
    return SpokenForms(
        abbreviations=content["abbreviations"],
        letters=content["letters"],
        document_types=content["document_types"],
        document_agencies=content["document_agencies"],
        hotlines=frozenset(content["hotlines"].split()),
        units=content["units"],
        signs=content["signs"],
        address_words=content["address_words"],
        abbreviation_pattern="|".join(map(re.escape, longest_first)),
        document_word_pattern="|".join(words),
    )


def spelled(letters: str) -> str:
    """Return letters said one by one: ``CT`` is "xê tê"; signs that have no name are left out."""
    names = spoken_forms().letters
    return " ".join(names[letter] for letter in letters.upper() if letter in names)
