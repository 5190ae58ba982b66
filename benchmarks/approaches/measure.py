"""Fits one approach and judges it on every question."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.evaluation import Share
from benchmarks.approaches.approach import Approach, Ranking
from benchmarks.approaches.material import DIRECT, Material, Question
from understanding.decision import ASK_PROCEDURE


@dataclass(frozen=True)
class Figures:
    """What one approach reached on one catalogue."""

    approach: str
    learns_imported: bool
    training_seconds: float
    utterance_milliseconds: float
    """Median, one after the other in one thread."""
    bytes_on_disk: int
    shares: dict[str, Share]
    """Right first by group; ``direct`` sums the direct ones."""
    procedures_alone: dict[str, Share]
    """The same for questions about procedures, had the approach only procedures to choose from."""


def measure(approach: Approach, material: Material, tick: Callable[[], None]) -> Figures:
    """Fit and judge.

    Args:
        approach: not yet fitted.
        material: texts and questions.
        tick: called after each question.
    """
    started = time.perf_counter()
    approach.fit(material.examples)
    training = time.perf_counter() - started
    intents = frozenset(example.label for example in material.examples if example.kind == "intent")
    shares: dict[str, Share] = {}
    alone: dict[str, Share] = {}
    seconds = []
    for question in material.questions:
        started = time.perf_counter()
        ranking = approach.rank(question.text)
        seconds.append(time.perf_counter() - started)
        for group in _groups(question):
            shares.setdefault(group, Share()).add(_is_right(question, ranking, intents))
            if question.group != "intents":
                procedures = [item for item in ranking if item[0] not in intents]
                alone.setdefault(group, Share()).add(_is_right(question, procedures, intents))
        tick()
    return Figures(
        approach.name,
        approach.learns_imported,
        training,
        1000 * statistics.median(seconds),
        approach.bytes_on_disk(),
        shares,
        alone,
    )


def _groups(question: Question) -> Sequence[str]:
    return (question.group, "direct") if question.group in DIRECT else (question.group,)


def _is_right(question: Question, ranking: Ranking, intents: frozenset[str]) -> bool:
    if not ranking:
        return False
    first = ranking[0][0]
    if question.group == "intents":
        return (first if first in intents else ASK_PROCEDURE) == question.wanted
    return first == question.wanted
