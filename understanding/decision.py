"""From scores of procedures to the chance that the best one is right. Pure.

The chance that the best procedure is the right one is a logistic function of a few scores, fitted
on the development sets (``motcua eval --calibrate`` fits it anew); the thresholds on it follow from what mistakes
cost: a wrong answer costs a family a day's walk, a question back costs one message.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # The gateway imports this module for its names alone, and the index brings scipy: 20 MB.
    from understanding.phrase_index import Hit

LINEAR_SHARE = 0.45
"""Weight of the linear model beside the nearest phrase, for procedures both know."""
UNLEARNT_SHARE = 0.95
"""Weight of the nearest phrase for imported procedures, which the linear model does not know."""
NAMED_SHARE = 0.85
"""Weight of the nearest phrase where it is only a name: what can be answered goes before it."""

SIGNALS = ("lead", "similarity", "log_asked", "log_out_of_scope", "log_length", "often")
"""What the chance is computed from, in the order of :data:`WEIGHTS`."""
WEIGHTS = (7.48, 4.56, 0.4, -0.29, 1.3, 1.5)
"""The last one is held: the sets are about the most asked procedures oftener than citizens are. Of 0, 0.5, 1, 1.5 and 2
this one answered most and wrongly least by cross-validation, and asked back about no imported procedure more than 0."""
BIAS = -7.84

OFTEN = 0.05
"""What is added to the score of a procedure that is asked for often: where the words leave two of them equally near,
"khai sinh" means the plain one. Chosen with the weights, by cross-validation."""

UNSAID = 0.2
"""What a procedure loses whose telling word was not said."""
LEAST_LEFT = 0.2
"""Share of the linear model at least that the others are taken to have had, where what it was sure of is not meant: the
little that is left of a sure guess is mostly noise. Between 0.1 and 1 it changes two questions of a thousand."""

ANSWER = 0.6
"""Chance from which the best procedure is answered at once; each further topic of knowledge takes a share of every
procedure's chance. See docs/decisions/0053-topics-in-the-model.md and 0083."""
OFFER = 0.12
"""Chance from which it is worth asking back; below, the message is taken for something else."""
TIED = 0.03
"""Lead below which two procedures count as equally near."""
OFFER_SCORE = 0.12
"""Score a further procedure needs to be among the choices."""

ASK_PROCEDURE = "ask_procedure"
OUT_OF_SCOPE = "out_of_scope"
CHOICES = 3
CANDIDATES = 5


@dataclass(frozen=True)
class Ranked:
    """One procedure with the score the decision compares."""

    code: str
    score: float
    similarity: float
    """Of the nearest phrase, 0 to 1."""
    often: bool = False
    """Whether it is among the most asked ones."""


def rank(
    hits: Sequence[Hit],
    linear: Mapping[str, float],
    often: frozenset[str] = frozenset(),
    named: frozenset[str] = frozenset(),
    unsaid: frozenset[str] = frozenset(),
    *,
    surely: bool = True,
) -> list[Ranked]:
    """Join nearest phrases and linear probabilities, best first.

    Args:
        hits: nearest phrases.
        linear: probability of each procedure the linear model knows.
        often: codes of the most asked procedures.
        named: codes of which only the name is known: one of them is told where it is the nearest, never offered.
        unsaid: codes of procedures whose telling word was not said.
        surely: whether those are not meant; otherwise they only stand behind.
    """
    similarity = {hit.code: hit.score for hit in hits}
    # The model learnt what is said, not what is missing: what it gave to those not meant belongs to the others.
    out = unsaid if surely else frozenset[str]()
    left = max(LEAST_LEFT, 1.0 - sum(linear.get(code, 0.0) for code in out))
    codes = set(similarity) | {code for code, probability in linear.items() if probability > 0.05 * left}
    ranked = []
    for code in codes:
        near, learnt = similarity.get(code, 0.0), code in linear
        share = NAMED_SHARE if code in named else UNLEARNT_SHARE
        meant = 0.0 if code in out or not learnt else min(1.0, linear[code] / left)
        score = (1 - LINEAR_SHARE) * near + LINEAR_SHARE * meant if learnt else share * near
        score += OFTEN * (code in often) - UNSAID * (code in unsaid)
        ranked.append(Ranked(code, score, near, code in often))
    ordered = sorted(ranked, key=lambda item: (-item.score, item.code))
    return [item for place, item in enumerate(ordered) if place == 0 or item.code not in named]


def signals(ranked: Sequence[Ranked], intents: Mapping[str, float], words: int, behind: int = 1) -> tuple[float, ...]:
    """The values of :data:`SIGNALS` for the best procedure.

    Args:
        ranked: procedures, best first; must not be empty.
        intents: probability of each intent.
        words: length of the message in syllables.
        behind: place of the rival the lead is measured against; beyond the choices, the chance is that of the
            choices together.
    """
    best = ranked[0]
    rival = ranked[behind] if len(ranked) > behind else None
    return (
        best.score - (rival.score if rival is not None else 0.0),
        best.similarity,
        math.log(intents.get(ASK_PROCEDURE, 0.0) + 1e-4),
        math.log(intents.get(OUT_OF_SCOPE, 0.0) + 1e-4),
        math.log(max(words, 1)),
        float(best.often) - float(rival is not None and rival.often),
    )


def chance(values: Sequence[float]) -> float:
    """Chance that the best procedure is the right one."""
    return 1.0 / (1.0 + math.exp(-BIAS - sum(w * v for w, v in zip(WEIGHTS, values, strict=True))))


def chances(ranked: Sequence[Ranked], intents: Mapping[str, float], words: int) -> tuple[tuple[str, float], ...]:
    """The best procedures, each with the chance that it would be the right answer."""
    found = []
    for item in ranked[:CANDIDATES]:
        others = [other for other in ranked[:2] if other is not item]
        found.append((item.code, round(chance(signals([item, *others], intents, words)), 4)))
    return tuple(found)


def chance_of_the_choices(ranked: Sequence[Ranked], intents: Mapping[str, float], words: int) -> float:
    """Chance that the best procedure, or one just as near, is right: whether asking back is worth a message."""
    if not ranked:
        return 0.0
    # Two procedures of one name leave each other no lead; that one of them is right may be certain all the same.
    tied = len(ranked) > 1 and ranked[0].score - ranked[1].score < TIED
    return chance(signals(ranked, intents, words, behind=CHOICES if tied else 1))
