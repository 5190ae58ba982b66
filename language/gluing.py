"""Finding the spaces in words typed in one piece: ``dangkykhaisinh`` is ``dang ky khai sinh``."""

from __future__ import annotations

from language import data
from language.characters import fold
from language.syllables import lexicon

MIN_LENGTH = 6
MAX_LENGTH = 80
"""Longer pieces are no words of anybody; leaving them alone bounds the work."""

_MAX_SYLLABLE = 7
_COST_PER_SYLLABLE = 2.0
"""Bits added for each cut, so that few long syllables win over many short ones."""

_COST_OF_LETTER = 4.0
"""Bits added for "y" (y tế), the one letter that is cut off alone."""

_MAX_MEAN_COST = 15.5
"""Bits a syllable may cost on average; foreign words split into rare syllables and end up above."""

_MIN_MEAN_LENGTH = 2.3
"""Letters a syllable must have on average; ``banana`` would pass as three common syllables otherwise."""


@data.cached(maxsize=5_000)
def split(word: str) -> tuple[str, ...] | None:
    """Return the syllables of a lower-case word typed without spaces, or None when it has no such parts.

    Diacritics that were typed are kept, and must fit: ``giấykhaisinh`` gives ``giấy khai sinh``.
    """
    if not MIN_LENGTH <= len(word) <= MAX_LENGTH:
        return None
    folded = fold(word)
    costs: list[float | None] = [0.0] + [None] * len(word)
    cuts = [0] * (len(word) + 1)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _MAX_SYLLABLE), end):
            before, piece = costs[start], _cost(word[start:end], folded[start:end])
            if before is None or piece is None:
                continue
            best = costs[end]
            if best is None or before + piece < best:
                costs[end], cuts[end] = before + piece, start
    total = costs[len(word)]
    if total is None:
        return None
    pieces: list[str] = []
    end = len(word)
    while end:
        pieces.append(word[cuts[end] : end])
        end = cuts[end]
    if len(pieces) < 2 or total / len(pieces) > _MAX_MEAN_COST or len(word) / len(pieces) < _MIN_MEAN_LENGTH:
        return None
    return tuple(reversed(pieces))


def _cost(piece: str, folded: str) -> float | None:
    """Return the bits a syllable costs: by its own spelling when marked, else by all that fold to it."""
    words = lexicon()
    surprise = words.folded_surprise.get(folded) if piece == folded else words.surprise.get(piece)
    if surprise is None or (len(piece) == 1 and piece != "y"):
        return None
    return surprise + _COST_PER_SYLLABLE + (_COST_OF_LETTER if len(piece) == 1 else 0.0)
