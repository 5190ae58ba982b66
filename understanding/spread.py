"""Data programs: from one hand-written phrase to the ways people wrap it.

Each variant is a real shape of a message (a polite opening, the side that is asked, a sigh at the end); it counts
less than the phrase itself. Chosen by the phrase alone, so that training gives the same model twice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b

from language.normalise import normalise
from language.said_in import foreign_words

VARIANTS = 1
"""Variants of each phrase; six gained a point on held-out phrases and cost five times the training."""
_POINTS = 16
"""Of each piece on the ring, so that none has much more of it than another."""


class _Ring:
    """Chooses one of some pieces for a key so that adding or dropping a piece changes few other choices.

    Consistent hashing: every piece has several points on a ring, a key takes the next one. A generator drawn from in
    turn gave every phrase other words as soon as one cue was added, and with them other answers to short questions.
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        self._points = sorted((_place(f"{piece}|{number}"), piece) for piece in pieces for number in range(_POINTS))

    def next(self, key: str) -> str:
        """The piece of a key."""
        return self._points[bisect_left(self._points, (_place(key), "")) % len(self._points)][1]


def _place(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


class Spreader:
    """Wraps phrases in fillers and aspect cues.

    Args:
        fillers: polite and empty phrases.
        cues: what people say for each side of a procedure.
    """

    def __init__(self, fillers: Sequence[str], cues: Mapping[str, Sequence[str]]) -> None:
        # Everything is normalised once here: variants then only join normalised pieces, which takes no time.
        # A phrase is wrapped in words of its own language.
        every = (normalise(cue) for name in sorted(cues) for cue in cues[name])
        self.cues = [cue for cue in every if foreign_words(cue) is None]
        self._cue_of = _Ring(self.cues)
        self._filler_of = _Ring([normalise(filler) for filler in fillers])

    def variants(self, phrase: str) -> Iterator[str]:
        """Different wrappings of one normalised phrase, themselves normalised."""
        for number in range(VARIANTS):
            cue, filler = self._cue_of.next(f"{phrase}|{number}"), self._filler_of.next(f"{phrase}|{number}")
            shapes = (
                f"{filler} {phrase}",
                f"{phrase} {cue}",
                f"{cue} {phrase}",
                f"{filler} {phrase} {cue}",
                f"{phrase} {filler}",
                f"{filler} {cue} {phrase}",
            )
            yield shapes[_place(f"{number}|{phrase}") % len(shapes)]
