"""Fits the weights of :mod:`understanding.readings.weighing` on turns and single messages whose reading is known.

Maximum a posteriori: the likelihood that one of the right readings is taken, and a Gaussian around the weights set by
hand, which a feature met seldom keeps. Judged by cross-validation over conversations: no turn is judged by weights that
saw another turn of its conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.dialogues import SIDE_INTENTS, Expected
from understanding.decision import ANSWER, ASK_PROCEDURE, OUT_OF_SCOPE
from understanding.readings.listing import Listed, listed
from understanding.readings.markers import Markers
from understanding.readings.reading import Evidence, Kind
from understanding.readings.seen import seen
from understanding.readings.state import State
from understanding.readings.weighing import BIAS, Weights

PRIOR_STRENGTH = 0.6
"""Of the pull towards the weights set by hand; chosen by cross-validation among 0.1, 0.3, 0.6, 1 and 2."""
FOLDS = 5
KNOWN_ELSEWHERE = "elsewhere."
"""How the ids of entries begin that name who else is responsible: as good as a refusal, and better."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """One message with the readings it has and which of them are right."""

    group: str
    """The conversation, or the message itself."""
    readings: tuple[Listed, ...]
    right: tuple[bool, ...]


@dataclass(frozen=True)
class Fitted:
    """New weights and what they lead to."""

    weights: dict[str, dict[str, float]]
    before: float
    """Share of messages whose likeliest reading is right, under the weights set by hand."""
    crossed: float
    """The same under weights fitted without their conversation."""
    examples: int


def example(group: str, evidence: Evidence, state: State, markers: Markers, right: Callable[[Listed], bool]) -> Example:
    """A message as it is fitted on."""
    readings = tuple(listed(seen(evidence, state, markers)))
    return Example(group, readings, at_once(readings, tuple(right(one) for one in readings)))


def at_once(readings: Sequence[Listed], right: tuple[bool, ...]) -> tuple[bool, ...]:
    """Which readings are right where a list counts only if nothing answers: who can be answered is not asked back."""
    answering = tuple(fits and not _asks_back(one) for fits, one in zip(right, readings, strict=True))
    return answering if any(answering) else right


def _asks_back(one: Listed) -> bool:
    return one.kind is Kind.MATTER and one.told.get("chance", 1.0) < ANSWER


def fits_turn(expected: Expected) -> Callable[[Listed], bool] | None:
    """Which readings of a dialogue's turn are right; None where nothing tells."""
    codes = tuple(code for code in expected.procedure if code is not None)
    if not (codes or expected.intent or expected.knowledge or expected.reading or expected.no_side_effect):
        return None

    def fits(one: Listed) -> bool:
        if codes and not _about(one, codes):
            return False
        if expected.intent and one.intent not in expected.intent:
            return False
        if expected.knowledge and one.knowledge not in expected.knowledge:
            return False
        if expected.reading and one.kind not in expected.reading:
            return False
        return not (expected.no_side_effect and one.intent in SIDE_INTENTS)

    return fits


def _about(one: Listed, codes: Sequence[str]) -> bool:
    """Whether a reading leads to one of the procedures, by answering or by asking back about it."""
    if one.kind is Kind.CROSSING:
        # What was talked of by another channel only the action finds.
        return True
    asked_back = one.candidates[:3] if _asks_back(one) else ()
    return one.procedure in codes or any(code in codes for code in asked_back)


def fits_line(line: Mapping[str, Any]) -> Callable[[Listed], bool] | None:
    """Which readings of a line of an accuracy set are right; None where nothing tells."""
    code, intent, knowledge = line.get("procedure"), line.get("intent"), line.get("knowledge")
    if code is not None:
        return lambda one: one.intent == ASK_PROCEDURE and _about(one, (code,))
    if line["set"] == OUT_OF_SCOPE:
        known = KNOWN_ELSEWHERE
        return lambda one: one.kind is Kind.ELSEWHERE or bool(one.knowledge and one.knowledge.startswith(known))
    if knowledge is not None:
        return lambda one: one.knowledge == knowledge
    if intent is not None:
        return lambda one: one.intent == intent
    if "knowledge" in line:
        return lambda one: one.knowledge is None
    return None


def fit(examples: Sequence[Example], prior: Weights, strength: float = PRIOR_STRENGTH) -> Fitted:
    """Fit on every example of which a reading is right, and not all of them are."""
    telling = [one for one in examples if any(one.right) and not all(one.right)]
    names = sorted({(sort, feature) for sort, own in prior.items() for feature in own} | _features(telling))
    place = {name: number for number, name in enumerate(names)}
    start = np.array([prior.get(sort, {}).get(feature, 0.0) for sort, feature in names])
    tables = [_table(one, place) for one in telling]
    groups = sorted({one.group for one in telling})
    fold_of = {group: number % FOLDS for number, group in enumerate(groups)}
    crossed = 0
    for fold in range(FOLDS):
        seen_rows = [table for table, one in zip(tables, telling, strict=True) if fold_of[one.group] != fold]
        unseen = [table for table, one in zip(tables, telling, strict=True) if fold_of[one.group] == fold]
        crossed += _right(unseen, _solved(seen_rows, start, strength))
    weights = _solved(tables, start, strength)
    fitted: dict[str, dict[str, float]] = {}
    for (sort, feature), value in zip(names, weights, strict=True):
        fitted.setdefault(sort, {})[feature] = round(float(value), 2)
    return Fitted(fitted, _right(tables, start) / len(tables), crossed / len(tables), len(tables))


def _features(examples: Sequence[Example]) -> set[tuple[str, str]]:
    return {(one.weights, name) for each in examples for one in each.readings for name in (*one.features, BIAS)}


_Table = tuple[Floats, NDArray[np.bool_]]


def _table(one: Example, place: Mapping[tuple[str, str], int]) -> _Table:
    values = np.zeros((len(one.readings), len(place)))
    for row, reading in enumerate(one.readings):
        values[row, place[reading.weights, BIAS]] = 1.0
        for name, value in reading.features.items():
            values[row, place[reading.weights, name]] = value
    return values, np.array(one.right)


def _right(tables: Sequence[_Table], weights: Floats) -> int:
    return sum(bool(right[int(np.argmax(values @ weights))]) for values, right in tables)


def _solved(tables: Sequence[_Table], start: Floats, strength: float) -> Floats:
    from scipy.optimize import minimize

    stacked = np.vstack([values for values, _ in tables])
    right = np.concatenate([flags for _, flags in tables])
    ends = np.cumsum([len(flags) for _, flags in tables])
    starts = np.concatenate([[0], ends[:-1]])
    owner = np.repeat(np.arange(len(tables)), np.diff(np.concatenate([[0], ends])))

    def cost(weights: Floats) -> tuple[float, Floats]:
        scores = stacked @ weights
        scores = scores - np.maximum.reduceat(scores, starts)[owner]
        powers = np.exp(scores)
        total = np.add.reduceat(powers, starts)
        of_right = np.add.reduceat(np.where(right, powers, 0.0), starts)
        drawn = powers / total[owner] - np.where(right, powers, 0.0) / of_right[owner]
        away = weights - start
        value = float(np.sum(np.log(total) - np.log(of_right)) + 0.5 * strength * away @ away)
        return value, stacked.T @ drawn + strength * away

    found: Floats = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": 400}).x
    return found
