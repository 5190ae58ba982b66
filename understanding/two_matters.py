"""Finds two matters in one message: one or the other ("tạm trú hay tạm vắng"), or one besides the other. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from language.phrasings import phrasing
from understanding.empty_words import generic_words, names_nothing
from understanding.features import Utterance

NAMED = 0.55
"""Similarity from which a part of a message names a procedure. On the development sets: 0.5 lets in parts that share a
common word with a long name, 0.6 loses short names like "hộ nghèo"."""
APART = 0.15
"""How much nearer a part must be to what it names than to the other of the two."""
BEHIND = 0.08
"""What a name counts less for each procedure that the whole message is nearer to."""
ALIKE = 0.12
"""How much farther than the nearest a part may be from what it names."""
_SHARED = 3
"""Syllables that two names have in common and only one of them says: "cấp lại hay cấp đổi bằng lái"."""
_ENDS = (2, 3, 4)
"""Syllables next to the joining word that are looked at alone."""
_LONGEST = 30
"""Syllables up to which a message names two matters; in a longer one they are persons and places of a story."""

_OTHER_WITHOUT_SIGNS = frozenset({"con"})
"""Joining words that look like another word without diacritics: "còn" and "con", a child."""

Nearest = Callable[[str], Sequence[tuple[str, float]]]
"""The procedures nearest to some folded words, the nearest first, with their similarities."""
Names = Callable[[str], frozenset[str]]
"""The folded words a procedure is called by."""


@dataclass(frozen=True)
class TwoMatters:
    """Codes of two procedures that one message names, in the order in which it does."""

    first: str
    second: str
    either: bool
    """Whether one of the two is asked for: "A hay B"; otherwise both are."""


def two_matters(
    utterance: Utterance, naming: Collection[str], near: Sequence[str], nearest: Nearest, names: Names
) -> TwoMatters | None:
    """The two procedures that a message names beside each other; None where it names one or none.

    Args:
        utterance: the message.
        naming: its folded words that may name something, without cues and frames of questions.
        near: codes of the procedures the whole message is nearest to, the nearest first; it names two of these.
        nearest: finds the procedure nearest to some words.
        names: tells what a procedure is called.
    """
    if len(near) < 2 or len(utterance.folded.split()) > _LONGEST:
        return None
    called = {code: names(code) for code in near}
    for joint, either in (("either_or", True), ("both_of", False)):
        # Of two that are both asked for one is the nearest; which of two is asked may draw a third nearer.
        pairs = [pair for pair in itertools.permutations(near, 2) if either or near[0] in pair]
        for left, right in _parts(utterance, joint, naming):
            fitting = [pair for pair in pairs if either or _tell(left, right, called[pair[0]], called[pair[1]])]
            if not fitting:
                # Nearly every message: none of its parts is looked up.
                continue
            first = _Part.of(left, right, nearest, before=True, in_a_story=either)
            second = _Part.of(right, left, nearest, before=False, in_a_story=either)
            likely = [pair for pair in fitting if first.names(*pair) and second.names(*reversed(pair))]
            if likely:
                place = {code: number for number, code in enumerate(near)}
                best = max(
                    likely,
                    key=lambda two: (
                        first.with_other[two[0]] + second.with_other[two[1]] - BEHIND * (place[two[0]] + place[two[1]])
                    ),
                )
                return TwoMatters(*best, either)
    return None


def _parts(utterance: Utterance, joint: str, naming: Collection[str]) -> Iterator[tuple[list[str], list[str]]]:
    """What stands on both sides of each joining word, without what names nothing."""
    folded, typed = utterance.folded, utterance.normalised
    for found in phrasing(joint).finditer(folded):
        if typed[found.start() : found.end()] in _OTHER_WITHOUT_SIGNS:
            continue
        sides = (folded[: found.start()], folded[found.end() :])
        if phrasing("done_before").match(found[0]) is not None and phrasing("has_or_lost").search(sides[0]) is not None:
            # "Có giấy khuyết tật rồi, xin trợ cấp": the first is a circumstance of the second.
            continue
        left, right = ([word for word in side.split() if word in naming] for side in sides)
        if not names_nothing(" ".join(left)) and not names_nothing(" ".join(right)):
            yield left, right


@dataclass(frozen=True)
class _Part:
    """What stands on one side of a joining word: how near it is to procedures."""

    alone: Mapping[str, float]
    with_other: Mapping[str, float]
    """The same, also together with what the other side says for both."""

    @classmethod
    def of(cls, own: Sequence[str], other: Sequence[str], nearest: Nearest, *, before: bool, in_a_story: bool) -> _Part:
        alone = [own]
        if in_a_story:
            # A story stands before the first name, and a question behind the second.
            alone += [own[-count:] if before else own[:count] for count in _ENDS if count < len(own)]
        shared = [other[-count:] for count in range(2, _SHARED + 1) if count < len(other)]
        both = [[*own, *said] if before else [*said, *own] for said in shared]
        by_itself = _similar(alone, nearest)
        return cls(by_itself, _largest(by_itself, _similar(both, nearest)))

    def names(self, code: str, other: str) -> bool:
        """Whether it names the first of two and not the other as well."""
        likeliest = max(self.with_other.values(), default=0.0)
        least = max(NAMED, likeliest - ALIKE, self.alone.get(other, 0.0) + APART)
        return self.with_other.get(code, 0.0) >= least


def _similar(variants: Sequence[Sequence[str]], nearest: Nearest) -> dict[str, float]:
    found: dict[str, float] = {}
    for words in variants:
        found = _largest(found, dict(nearest(" ".join(words))))
    return found


def _largest(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {code: max(one.get(code, 0.0), other.get(code, 0.0)) for code in (*one, *other)}


def _tell(left: Collection[str], right: Collection[str], one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether each part holds a word that only its procedure is called by."""
    return _says(left, one - other) and _says(right, other - one)


def _says(part: Collection[str], own: frozenset[str]) -> bool:
    return any(word in own for word in set(part) - generic_words())
