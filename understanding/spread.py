"""Data programs: from one hand-written phrase to the ways people wrap it.

Each variant is a real shape of a message (a polite opening, the side that is asked, a sigh at the end); it counts
less than the phrase itself. Chosen by a fixed generator, so that training gives the same model twice.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

from language.normalise import normalise
from language.said_in import foreign_words

VARIANTS = 1
"""Variants of each phrase; six gained a point on held-out phrases and cost five times the training."""


class Spreader:
    """Wraps phrases in fillers and aspect cues.

    Args:
        fillers: polite and empty phrases.
        cues: what people say for each side of a procedure.
        seed: of the generator.
    """

    def __init__(self, fillers: Sequence[str], cues: Mapping[str, Sequence[str]], seed: int = 20260701) -> None:
        # Everything is normalised once here: variants then only join normalised pieces, which takes no time.
        self._fillers = [normalise(filler) for filler in fillers]
        # A phrase is wrapped in words of its own language.
        every = (normalise(cue) for name in sorted(cues) for cue in cues[name])
        self.cues = [cue for cue in every if foreign_words(cue) is None]
        self._random = random.Random(seed)

    def variants(self, phrase: str) -> Iterator[str]:
        """Different wrappings of one normalised phrase, themselves normalised."""
        for _ in range(VARIANTS):
            cue = self._random.choice(self.cues)
            filler = self._random.choice(self._fillers)
            yield self._random.choice(
                (
                    f"{filler} {phrase}",
                    f"{phrase} {cue}",
                    f"{cue} {phrase}",
                    f"{filler} {phrase} {cue}",
                    f"{phrase} {filler}",
                    f"{filler} {cue} {phrase}",
                )
            )
