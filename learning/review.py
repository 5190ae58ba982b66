"""The kept utterances as somebody reviews them: those near the same procedure together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from learning.kept import KeptUtterance

NEAR = 0.02
"""Chance from which the best candidate gathers utterances; below, it is near nothing."""


@dataclass(frozen=True)
class Group:
    """Utterances whose nearest procedure is the same."""

    nearest: str | None
    """Its code; None for utterances near no procedure."""
    utterances: tuple[KeptUtterance, ...]

    @property
    def times(self) -> int:
        """How often they came, together."""
        return sum(utterance.times for utterance in self.utterances)


def grouped(utterances: Iterable[KeptUtterance]) -> list[Group]:
    """Groups with the most frequent first; within a group, too."""
    found: dict[str | None, list[KeptUtterance]] = {}
    for utterance in utterances:
        found.setdefault(nearest(utterance), []).append(utterance)
    groups = [
        Group(code, tuple(sorted(members, key=lambda member: (-member.times, member.id))))
        for code, members in found.items()
    ]
    return sorted(groups, key=lambda group: (-group.times, group.nearest or "~"))


def nearest(utterance: KeptUtterance) -> str | None:
    """The code of the best candidate, when there is one worth the name."""
    best = next(iter(utterance.kept.candidates), None)
    return best.code if best is not None and best.chance >= NEAR else None
