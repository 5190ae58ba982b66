"""Procedures whose everyday name fits what is being typed."""

from __future__ import annotations

from collections.abc import Iterable

from catalogue.record import Origin
from catalogue.store import LightProcedure
from language.characters import fold

MOST = 5
"""More would not fit above the keyboard."""
_FEWEST_LETTERS = 2


def suggestions(typed: str, procedures: Iterable[LightProcedure]) -> list[LightProcedure]:
    """The best fitting procedures: every word typed begins a word of the name, with or without diacritics.

    Args:
        typed: so far; the last word may be unfinished.
        procedures: all there are.
    """
    words = fold(typed).split()
    if sum(map(len, words)) < _FEWEST_LETTERS:
        return []
    found = [procedure for procedure in procedures if _fits(words, fold(procedure.short_name).split())]
    return sorted(found, key=_order)[:MOST]


def _fits(words: list[str], name: list[str]) -> bool:
    return all(any(part.startswith(word) for part in name) for word in words)


def _order(procedure: LightProcedure) -> tuple[bool, int, str]:
    """Hand-written procedures are the ones people ask for; of those the plainest name first."""
    return procedure.origin is not Origin.HANDWRITTEN, len(procedure.short_name), procedure.code
