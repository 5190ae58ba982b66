"""Weighs the readings of an utterance in its conversation against each other. Pure.

A conditional logit: each reading's features add up under the weights of its sort (``nlu_data/reading_weights.yml``),
and its score is its share of the exponentials of all of them, the chance that it is the right one of those listed.
``motcua eval --weigh`` fits the weights on the development dialogues and sets, never on what is measured with.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from understanding.readings.listing import Listed, listed
from understanding.readings.markers import Markers
from understanding.readings.reading import Evidence, Reading
from understanding.readings.seen import seen
from understanding.readings.state import State

BIAS = "bias"

Weights = Mapping[str, Mapping[str, float]]
"""By sort of reading, by feature."""


def weigh(evidence: Evidence, state: State, markers: Markers) -> list[Reading]:
    """Every reading of an utterance, the likeliest first; never empty."""
    found = listed(seen(evidence, state, markers))
    scores = shares([weight_of(one, markers.weights) for one in found])
    readings = [
        Reading(
            one.kind,
            one.intent,
            score,
            procedure=one.procedure,
            aspect=one.aspect,
            knowledge=one.knowledge,
            choice=one.choice,
            candidates=one.candidates,
            why={**one.told, **one.features},
        )
        for one, score in zip(found, scores, strict=True)
    ]
    return sorted(readings, key=lambda reading: -reading.score)


def weight_of(one: Listed, weights: Weights) -> float:
    """The features of a reading added up under its weights; one that has no weight counts nothing."""
    own, total = weights[one.weights], 0.0
    for name, value in one.features.items():
        # Most features of a reading are 0.
        if value:
            total += own.get(name, 0.0) * value
    return own[BIAS] + total


def shares(values: Sequence[float]) -> list[float]:
    """Each value's share of the exponentials of all."""
    highest = max(values)
    powers = [math.exp(value - highest) for value in values]
    total = sum(powers)
    return [power / total for power in powers]
