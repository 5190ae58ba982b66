"""Words without which a procedure is never meant: "đăng ký xe máy" is not about the lost plate.

A procedure beside a plainer one shares most of its words with it; what tells the two apart is the word that was not
said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from language.normalise import fold, normalise
from understanding.features import Utterance

LONGEST_PLAIN = 14
"""Syllables up to which a matter is named; who tells a longer story may say it in words no list holds."""
LONGEST_WITH = 20
"""Syllables up to which a word that excludes is about the matter; in a longer story it may be told in passing."""


@dataclass(frozen=True, eq=False)
class Needed:
    """What must stand in a message for some procedures to be meant."""

    codes: Mapping[re.Pattern[str], frozenset[str]]
    """By the expression one of whose words must stand there."""
    excluded: Mapping[re.Pattern[str], frozenset[str]]
    """By the expression none of whose words may stand there: "vợ người Lào" asks for no plain marriage."""
    names: re.Pattern[str]
    """Names that look like such a word where no diacritics were typed: "bang lai" holds no "lại"."""


@lru_cache(maxsize=4)
def never_without_of(nlu_data: Path) -> Needed:
    """The words of ``never_without.yml`` of a folder of language data."""
    read = yaml.safe_load((nlu_data / "never_without.yml").read_text(encoding="utf-8"))
    return Needed(_by_words(read, "never"), _by_words(read, "with"), _anywhere(read["names"]))


def _by_words(read: Mapping[str, Any], of: str) -> dict[re.Pattern[str], frozenset[str]]:
    codes: dict[str, set[str]] = {}
    for code, lists in read[of].items():
        for name in lists:
            codes.setdefault(name, set()).add(code)
    return {_anywhere(read["words"][name]): frozenset(its) for name, its in codes.items()}


def unsaid(utterance: Utterance, needed: Needed) -> frozenset[str]:
    """Codes of the procedures that are not meant, because what they are never meant without is not said."""
    return _unsaid(utterance.normalised, needed)


@lru_cache(maxsize=64)
def _unsaid(normalised: str, needed: Needed) -> frozenset[str]:
    # Asked several times of the same words while one message is read.
    length = len(normalised.split())
    if length > LONGEST_WITH:
        return frozenset()
    said = needed.names.sub(" ", normalised)
    excluded = (codes for word, codes in needed.excluded.items() if word.search(said) is not None)
    if length > LONGEST_PLAIN:
        return frozenset[str]().union(*excluded)
    missing = (codes for word, codes in needed.codes.items() if word.search(said) is None)
    return frozenset[str]().union(*missing, *excluded)


def _anywhere(words: Iterable[str]) -> re.Pattern[str]:
    """Finds one of the words; typed with diacritics they must be these: "mặt" is not "mất"."""
    forms = {form for word in words for form in (word, normalise(word), fold(normalise(word)))}
    return re.compile(rf"(?<!\S)(?:{'|'.join(sorted(map(re.escape, forms)))})(?!\S)")
