"""Words made easier to tell for a voice that is hard to understand. Pure.

What is said stays the same; only where the voice pauses, and here and there a word, changes. People recorded and neural
voices need none of it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from language.number_words import digits_to_words

_FILE: Final = Path(__file__).with_name("clearer.yml")
_CLAUSE: Final = re.compile(r"([,.;:!?]+\s*)")
_DIGITS: Final = frozenset(digits_to_words("0123456789").split())
_SHORTEST_RUN: Final = 4
"""Digits in a row from which they are said two by two: of fewer a "năm" may be a year."""
_SHORTEST_BREATH: Final = 3
"""Words a breath has at least."""


@dataclass(frozen=True, slots=True)
class Clearer:
    """How words are made easier to tell; as it stands nothing is changed."""

    digits: int = 0
    """Digits said in one group; 0 for all."""
    breath: int = 0
    """Most words between two pauses, where there is a place to pause; 0 for any number."""
    before: frozenset[str] = frozenset()
    """Words before which a pause does not tear a phrase."""
    instead: Mapping[str, str] | None = None
    """Words that are misheard, and others of the same meaning."""

    def __call__(self, text: str) -> str:
        """The text as it is given to the voice."""
        parts = _CLAUSE.split(text)
        return "".join(part if at % 2 else self._clause(part) for at, part in enumerate(parts))

    def _clause(self, clause: str) -> str:
        words = clause.split()
        if not words:
            return clause
        for one, other in (self.instead or {}).items():
            words = re.sub(rf"(?<!\S){re.escape(one)}(?!\S)", other, " ".join(words)).split()
        return ", ".join(" ".join(breath) for group in self._digit_groups(words) for breath in self._breaths(group))

    def _digit_groups(self, words: list[str]) -> list[list[str]]:
        """Words cut inside long rows of digits, and nowhere else."""
        groups: list[list[str]] = [[]]
        at = 0
        while at < len(words):
            end = at
            while end < len(words) and words[end] in _DIGITS:
                end += 1
            run = words[at:end]
            if self.digits and len(run) >= _SHORTEST_RUN:
                whole = len(run) - len(run) % self.digits - (self.digits if len(run) % self.digits else 0)
                cut = [run[place : place + self.digits] for place in range(0, whole, self.digits)]
                cut += [run[whole:]] if run[whole:] else []
                groups[-1] += cut[0]
                groups += cut[1:]
            else:
                groups[-1] += run or [words[at]]
            at = max(end, at + 1)
        return groups

    def _breaths(self, words: list[str]) -> list[list[str]]:
        """Words cut where a pause tears nothing, as near to the middle as can be, until no breath is too long."""
        if not self.breath or len(words) <= self.breath:
            return [words]
        places = [
            at for at in range(_SHORTEST_BREATH, len(words) - _SHORTEST_BREATH + 1) if words[at].lower() in self.before
        ]
        if not places:
            return [words]
        cut = min(places, key=lambda at: abs(2 * at - len(words)))
        return [*self._breaths(words[:cut]), *self._breaths(words[cut:])]


@cache
def edition() -> str:
    """Names this release's ways: sound made with others is another sound."""
    return f"{zlib.crc32(_FILE.read_bytes()):08x}"


@cache
def clearer() -> Mapping[str, Clearer]:
    """How words are made easier to tell, by language; one that is not there is said as it stands."""
    read = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {
        language: Clearer(
            digits=int(one.get("digits", 0)),
            breath=int(one.get("breath", 0)),
            before=frozenset(map(str, one.get("before", ()))),
            instead={str(word): str(other) for word, other in (one.get("instead") or {}).items()},
        )
        for language, one in read["languages"].items()
    }
