"""What the decision of :mod:`understanding.decision` costs the people who write, as a number of messages.

A price list, not a measurement; another commune may set others and read another threshold from the curve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from understanding.decision import CHOICES

WRONG_ANSWER = 5.0
"""It reads as if it were right: the mistake shows at the desk, after a walk, and all is asked again."""
ASKING_BACK = 1.0
"""The unit: one question and one digit in reply, read and paid for once."""
REFUSED_QUESTION = 3.0
"""The question is put in other words once or twice, or given up and asked at the desk."""
ANSWERED_STRANGER = 4.0
"""An answer to what was never asked: confusing like a wrong one, but nobody walks for it."""


@dataclass(frozen=True)
class Case:
    """One message of the development sets as the decision sees it."""

    chance: float
    """That the best procedure is right, from a fit that never saw the message."""
    place: int | None
    """Of the procedure meant, 0 for the best; None when it is not ranked or none is meant."""
    is_stranger: bool
    """Whether the message asks for no procedure of the catalogue."""
    is_read: bool
    """Whether it was taken for a question about a procedure at all; the thresholds judge no other."""


def cost_of(case: Case, answer: float, offer: float) -> float:
    """Messages that one decision costs.

    Args:
        case: the message.
        answer: chance from which the best procedure is answered.
        offer: chance from which the assistant asks back.
    """
    if not case.is_read or case.chance < min(answer, offer):
        return 0.0 if case.is_stranger else REFUSED_QUESTION
    if case.chance >= answer:
        if case.is_stranger:
            return ANSWERED_STRANGER
        return 0.0 if case.place == 0 else WRONG_ANSWER
    if case.is_stranger or (case.place is not None and case.place < CHOICES):
        return ASKING_BACK
    # None of the choices fits: the person has to begin again.
    return ASKING_BACK + REFUSED_QUESTION


def expected_cost(cases: Sequence[Case], answer: float, offer: float) -> float:
    """Mean over the messages, in messages a message."""
    return sum(cost_of(case, answer, offer) for case in cases) / len(cases)
