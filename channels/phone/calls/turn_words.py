"""Words at which a sentence of a caller is surely over, and words that want another one behind them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from language.characters import lowered

_FILE: Final = Path(__file__).resolve().parents[1] / "data" / "turn_words.yml"
_LEAST_WORDS: Final = 3
"""Of a sentence that is believed to be over: "cần gì" may be the beginning of one."""


@dataclass(frozen=True, slots=True)
class TurnWords:
    """All kinds, lower case, with diacritics: "thi" and "thì" are told apart."""

    ending: frozenset[tuple[str, ...]]
    hanging: frozenset[tuple[str, ...]]
    asking: frozenset[tuple[str, ...]]

    def ends(self, text: str) -> bool:
        """Whether a text sounds like a whole question."""
        words = tuple(lowered(text).split())
        return len(words) >= _LEAST_WORDS and _tail_in(words, self.ending)

    def asks(self, text: str) -> bool:
        """Whether a text holds a word of a question; not whether it is over."""
        words = tuple(lowered(text).split())
        return len(words) >= _LEAST_WORDS and any(
            _tail_in(words[:end], self.asking) for end in range(1, len(words) + 1)
        )

    def hangs(self, text: str) -> bool:
        """Whether a text wants to go on."""
        return _tail_in(tuple(lowered(text).split()), self.hanging)


def _tail_in(words: tuple[str, ...], tails: frozenset[tuple[str, ...]]) -> bool:
    return any(words[-length:] in tails for length in range(1, min(len(words), 3) + 1))


@cache
def turn_words() -> TurnWords:
    """The words of this release."""
    read = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    ending, hanging, asking = (
        frozenset(tuple(phrase.split()) for phrase in read[key]) for key in ("ending", "hanging", "asking")
    )
    return TurnWords(ending, hanging, asking)
