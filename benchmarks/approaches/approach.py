"""What every approach has in common: it learns from examples and ranks labels for a text."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

Ranking = list[tuple[str, float]]
"""Names of intents and codes of procedures with scores, best first; comparable within one ranking."""

KEPT = 20
"""Labels of a ranking that are kept."""


class Kind(StrEnum):
    """Where an example comes from."""

    INTENT = "intent"
    NAME = "name"
    """Official or short name of a procedure written by hand."""
    PHRASE = "phrase"
    """What people call a procedure written by hand."""
    IMPORTED = "imported"
    """Name of a procedure that is known from published records only."""


@dataclass(frozen=True)
class Example:
    """One text with what it means."""

    text: str
    label: str
    """Name of an intent or code of a procedure."""
    kind: Kind


class Approach(Protocol):
    """One way to understand."""

    name: str
    learns_imported: bool
    """Whether thousands of procedures with one or two names each can be learnt from."""

    def fit(self, examples: Sequence[Example]) -> None:
        """Learn; called once."""

    def rank(self, text: str) -> Ranking:
        """Labels for what a citizen typed, best first; may be empty."""

    def bytes_on_disk(self) -> int:
        """What has to be stored to rank without learning again."""


def best_of(scores: Iterable[tuple[str, float]]) -> Ranking:
    """The best score of each label, best label first."""
    best: dict[str, float] = {}
    for label, score in scores:
        if score > best.get(label, 0.0):
            best[label] = score
    return sorted(best.items(), key=lambda item: (-item[1], item[0]))[:KEPT]


def pickled_bytes(*parts: object) -> int:
    """Size of parts that have no file format of their own."""
    return sum(len(pickle.dumps(part, protocol=pickle.HIGHEST_PROTOCOL)) for part in parts)
