"""The word lists behind what a voice says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from language import data
from language.characters import fold
from language.syllables import is_syllable


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
    foreign_words: dict[str, str]
    abbreviation_pattern: str
    """Regular expression for any abbreviation, the longest first."""
    lower_abbreviation_pattern: str
    """The same in lower case, without those that are Vietnamese words then."""
    counted_pattern: str
    """What a fraction before it is of."""
    foreign_pattern: str
    document_word_pattern: str


@data.cached()
def spoken_forms() -> SpokenForms:
    """Return the spoken forms, read on first use."""
    content = data.load("spoken_forms")
    longest_first = sorted(content["abbreviations"], key=len, reverse=True)
    lower = [form.lower() for form in longest_first if form.isupper() and not is_syllable(fold(form))]
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
        foreign_words=content["foreign_words"],
        abbreviation_pattern="|".join(map(re.escape, longest_first)),
        lower_abbreviation_pattern="|".join(map(re.escape, lower)),
        counted_pattern="|".join(map(re.escape, sorted(content["counted"].split(), key=len, reverse=True))),
        foreign_pattern="|".join(map(re.escape, sorted(content["foreign_words"], key=len, reverse=True))),
        document_word_pattern="|".join(words),
    )


def spelled(letters: str) -> str:
    """Return letters said one by one: ``CT`` is "xê tê"; signs that have no name are left out."""
    names = spoken_forms().letters
    return " ".join(names[letter] for letter in letters.upper() if letter in names)
