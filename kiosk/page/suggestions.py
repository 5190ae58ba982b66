"""Procedures whose everyday name fits what is being typed, one slip of a finger forgiven."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

from catalogue.record import Origin
from catalogue.store import LightProcedure
from language.characters import fold

MOST = 5
"""More would not fit above the keyboard."""
_FEWEST_LETTERS = 2
_SLIP_FROM = 4
"""Letters from which a word may hold one slip; shorter ones are other words then."""
_WIDEST_GAP = 1
"""Words that may stand between two typed ones: "khai sinh" is not found in "khai thác thủy sinh"."""

_Found = tuple[int, int]
"""Slips of a finger and words skipped; fewer is better."""


def suggestions(typed: str, procedures: Iterable[LightProcedure]) -> list[LightProcedure]:
    """The best fitting procedures: what is typed stands in the name in this order, with or without diacritics.

    Args:
        typed: so far; the last word may be unfinished.
        procedures: all there are.
    """
    words = fold(typed).split()
    if sum(map(len, words)) < _FEWEST_LETTERS:
        return []
    found = ((_found(words, name_words(one.short_name)), one) for one in procedures)
    fitting = [(how, one) for how, one in found if how is not None]
    # A slip is forgiven where nothing fits without.
    fewest = min((how[0] for how, _ in fitting), default=0)
    return [one for how, one in sorted(fitting, key=_order) if how[0] == fewest][:MOST]


@lru_cache(maxsize=8_192)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a name without diacritics."""
    return tuple(fold(name).split())


def _found(words: list[str], name: tuple[str, ...]) -> _Found | None:
    ways = (_from(words, name, start) for start in range(len(name)))
    return min((way for way in ways if way is not None), default=None)


def _from(words: list[str], name: tuple[str, ...], start: int) -> _Found | None:
    """How the words stand in a name, the first one at this place; None when they do not."""
    slips, skipped, at = 0, 0, start
    for number, word in enumerate(words):
        furthest = at + 1 if number == 0 else at + _WIDEST_GAP + 1
        for place in range(at, min(furthest, len(name))):
            cost = _slips(word, name[place], unfinished=number == len(words) - 1)
            if cost is not None:
                slips, skipped, at = slips + cost, skipped + place - at, place + 1
                break
        else:
            return None
    return (slips, skipped) if slips <= 1 else None


def _slips(typed: str, word: str, *, unfinished: bool) -> int | None:
    """How many slips lie between a typed word and one of a name; None: it is another word."""
    if word == typed or (unfinished and word.startswith(typed)):
        return 0
    if len(typed) < _SLIP_FROM or typed.isdigit():
        return None
    near = word[: len(typed)] if unfinished and len(word) > len(typed) else word
    return 1 if OSA.distance(typed, near, score_cutoff=1) <= 1 else None


def _order(found: tuple[_Found, LightProcedure]) -> tuple[_Found, bool, int, str]:
    """Hand-written procedures are the ones people ask for; of those the plainest name first."""
    how, procedure = found
    return how, procedure.origin is not Origin.HANDWRITTEN, len(procedure.short_name), procedure.code
