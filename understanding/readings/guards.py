"""What a wish must hold in its own words before it may change anything.

A linear model is sure of much it has never seen: "cuộc gọi này có ghi âm không" looked to it like the wish to erase a
recording. What changes something therefore also needs its verb, its object, and nothing that speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from contract.meaning import Meaning
from language.normalise import fold, normalise
from language.phrasings import either, phrasing
from understanding.readings.openings import anywhere_pattern, forms, read_markers

_LONGEST = 18
"""Syllables of a wish; who tells a story wishes for something else."""


@dataclass(frozen=True)
class Guard:
    """The words of one wish."""

    verbs: re.Pattern[str]
    objects: re.Pattern[str]
    never: re.Pattern[str]
    alone: frozenset[str]
    plain: re.Pattern[str] | None = None
    """Verbs that ask for it by its own name, where others are asked back about."""

    def plainly(self, folded: str) -> bool:
        """Whether the message asks for it by name, so that it is done without being asked back about."""
        if folded in self.alone or self.plain is None:
            return True
        return self.plain.search(folded) is not None and self.names(folded)

    def names(self, folded: str) -> bool:
        """Whether the message asks for exactly this."""
        if folded in self.alone:
            return True
        if len(folded.split()) > _LONGEST:
            return False
        if self.never.search(folded) is not None:
            return False
        verbs = {found.span() for found in self.verbs.finditer(folded)}
        objects = {found.span() for found in self.objects.finditer(folded)}
        if not verbs or not objects or (verbs == objects and len(verbs) == 1):
            # One word is not both: "I live with my Vietnamese wife" asks for no other language.
            return False
        return phrasing("asks").search(folded) is None or phrasing("asks_politely").search(folded) is not None


def guard_from(words: Mapping[str, Sequence[str]]) -> Guard:
    """A guard from its lists."""
    patterns = {
        name: anywhere_pattern(form for phrase in words[name] for form in forms(phrase))
        for name in ("verbs", "objects", "never")
    }
    plain = [form for phrase in words.get("plain", ()) for form in forms(phrase)]
    return Guard(
        **patterns,
        plain=anywhere_pattern(plain) if plain else None,
        alone=frozenset(form for phrase in words["alone"] for form in forms(phrase)),
    )


FORGET = "delete_my_data"
"""The wish to be forgotten."""


def forgets_at_once(meaning: Meaning, text: str, nlu_data: Path) -> bool:
    """Whether a turn's wish to be forgotten is done, and not asked back about: by a button, or by its own name."""
    if meaning.intent != FORGET:
        return False
    return meaning.wish is not None or guards_of(nlu_data)[FORGET].plainly(fold(normalise(text)))


@lru_cache(maxsize=4)
def skips_of(nlu_data: Path) -> re.Pattern[str]:
    """Matches, in full, a folded message that only says that what a form asks for is not known."""
    said = "|".join(re.escape(form) for phrase in read_markers(nlu_data)["skip"] for form in forms(phrase))
    before, after = either("before_not_known"), either("after_not_known")
    return re.compile(rf"(?:(?:{before}) )*(?:{said})(?: (?:{said}|{after}))*")


def leaves_out(text: str, nlu_data: Path) -> bool:
    """Whether an answer to what a form asks says that it is not known, and nothing else: "không biết, bỏ qua"."""
    return skips_of(nlu_data).fullmatch(fold(normalise(text))) is not None


@lru_cache(maxsize=4)
def guards_of(nlu_data: Path) -> Mapping[str, Guard]:
    """The guards of a folder of language data, by intent."""
    return {intent: guard_from(words) for intent, words in read_markers(nlu_data)["guards"].items()}
