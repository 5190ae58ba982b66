"""Fits the chance function of :mod:`understanding.decision` on the development sets.

Five numbers from some nine hundred lines; the table shows what each threshold would cost, so that the choice
can be argued about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from understanding.decision import Ranked, signals

READ_BY_RULES = frozenset({"digits", "dossier_codes"})
"""Sets whose lines never come to this decision."""
THRESHOLDS = (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85)

Floats = NDArray[np.float64]


class Scores(Protocol):
    """Gives what the decision works on, before it decides."""

    def __call__(self, text: str) -> tuple[list[Ranked], Mapping[str, float], int]:
        """Ranked procedures, probabilities of the intents, and syllables of a text."""


@dataclass(frozen=True)
class Trade:
    """What one threshold would do, as shares by cross-validation."""

    threshold: float
    right: float
    """Questions answered rightly at once."""
    wrong: float
    """Questions answered with another procedure."""
    strangers: float
    """Messages that ask for no procedure, answered with one all the same."""


@dataclass(frozen=True)
class Fit:
    """Weights for :data:`understanding.decision.WEIGHTS` and what they lead to."""

    weights: tuple[float, ...]
    bias: float
    trades: tuple[Trade, ...]


def fit(lines: Iterable[Mapping[str, Any]], scores: Scores) -> Fit:
    """Fit on every line that says which procedure is meant, or that none is."""
    rows, right, stranger = [], [], []
    for line in lines:
        if "procedure" not in line or line["set"] in READ_BY_RULES:
            continue
        if line["set"] == "intents" and line["procedure"] is None:
            continue
        ranked, intents, words = scores(line["text"])
        if ranked:
            rows.append(signals(ranked, intents, words))
            right.append(ranked[0].code == line["procedure"])
            stranger.append(line["procedure"] is None)
    values, target, strange = np.array(rows), np.array(right), np.array(stranger)
    chances = cross_validated(values, target)
    machine = _machine().fit(values, target)
    trades = tuple(
        Trade(
            threshold,
            right=float((chances[~strange] >= threshold)[target[~strange]].sum() / (~strange).sum()),
            wrong=float((chances[~strange] >= threshold)[~target[~strange]].sum() / (~strange).sum()),
            strangers=float((chances[strange] >= threshold).mean()),
        )
        for threshold in THRESHOLDS
    )
    return Fit(tuple(machine.coef_[0].round(2).tolist()), round(float(machine.intercept_[0]), 2), trades)


def cross_validated(values: Floats, right: NDArray[np.bool_]) -> Floats:
    """Chance of each row from a fit on the other nine tenths.

    Args:
        values: signals, a row a message.
        right: whether the best procedure of the message was the right one.
    """
    from sklearn.model_selection import cross_val_predict

    chances: Floats = cross_val_predict(_machine(), values, right, cv=10, method="predict_proba")[:, 1]
    return chances


def _machine() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=10.0, max_iter=3000)
