"""Words that name no matter: what is left of "thế còn lệ phí thì sao" after its cue."""

from __future__ import annotations

from language import data
from language.phrasings import folded_words


@data.cached()
def empty_words() -> frozenset[str]:
    """Folded."""
    return folded_words(data.load("empty_words")["nothing"])


@data.cached()
def generic_words() -> frozenset[str]:
    """Words that tell no matter from another beside what they stand with, the empty ones among them; folded."""
    return empty_words() | folded_words(data.load("empty_words")["anything"])


def names_nothing(folded: str) -> bool:
    """Whether a folded text holds only such words, or none at all."""
    empty = empty_words()
    return all(word in empty for word in folded.split())
