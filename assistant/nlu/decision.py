"""From scores to a decision: answer, ask back, or admit not to know.

Pure functions; every threshold is named, with the reason for its value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actions.procedures.aspects import Aspect
from assistant.nlu.phrase_index import Hit

LINEAR_SHARE = 0.45
"""Weight of the linear model beside the nearest phrase, for procedures both know."""

ANSWER = 0.50
"""Score from which the best procedure is answered at once when it is clearly ahead."""
AHEAD = 0.08
"""Lead over the second procedure below which the assistant asks back."""
OFFER = 0.30
"""Score from which a procedure is worth offering as a choice."""
OFFER_WHEN_ASKED = 0.15
"""The same when the message surely asks for a procedure: three choices cost less than a refusal."""
SURELY_ASKED = 0.80
STRONG_PHRASE = 0.72
"""A nearest phrase this similar outweighs an intent the linear model prefers."""
SURE_DESTRUCTIVE = 0.80
"""Probability needed before words are taken for a wish to stop messages or delete data."""

ASK_PROCEDURE = "ask_procedure"
OUT_OF_SCOPE = "out_of_scope"
DESTRUCTIVE = frozenset({"opt_out", "delete_my_data"})
CHOICES = 3
EMPTY_WORDS = frozenset(
    "a ah anh ay bac ban ca can cai chi chu co con cung day di do duoc e em gi ha he hoi la lam may mot nay nhi nhe"
    " nua o oi qua roi sao the thi toi va vay ve viec voi xin".split()
)
"""Folded words that name no matter: what is left of "thế còn lệ phí thì sao" after its cue."""
CANDIDATES = 5


@dataclass(frozen=True)
class Ranked:
    """One procedure with the score the decision compares."""

    code: str
    score: float


@dataclass(frozen=True)
class Decision:
    """What a message is taken for."""

    intent: str
    confidence: float
    procedure: str | None = None
    candidates: tuple[str, ...] = ()
    follow_up: bool = False


def rank(hits: Sequence[Hit], linear: Mapping[str, float]) -> list[Ranked]:
    """Join nearest phrases and linear probabilities, best first."""
    similarity = {hit.code: hit.score for hit in hits}
    codes = set(similarity) | {code for code, probability in linear.items() if probability > 0.05}
    ranked = [
        Ranked(
            code,
            similarity.get(code, 0.0) * (1.0 - LINEAR_SHARE) + LINEAR_SHARE * linear[code]
            if code in linear
            else similarity[code] * 0.95,
        )
        for code in codes
    ]
    return sorted(ranked, key=lambda item: (-item.score, item.code))


def decide(
    intents: Mapping[str, float],
    ranked: Sequence[Ranked],
    best_phrase: float,
    aspects: Sequence[Aspect],
    residue: str,
    has_dossier_code: bool,
) -> Decision:
    """Decide what a message is.

    Args:
        intents: probability of each intent.
        ranked: procedures, best first.
        best_phrase: similarity of the nearest phrase of any procedure.
        aspects: sides of a procedure that were asked for.
        residue: the message without cues and politeness.
        has_dossier_code: whether it holds a dossier code.
    """
    if has_dossier_code:
        return Decision("check_dossier", 1.0)
    intent = max(intents, key=lambda name: intents[name])
    confidence = intents[intent]
    if intent in DESTRUCTIVE and confidence < SURE_DESTRUCTIVE:
        rest = {name: value for name, value in intents.items() if name not in DESTRUCTIVE}
        intent = max(rest, key=lambda name: rest[name])
        confidence = rest[intent]
    if intent != ASK_PROCEDURE and best_phrase >= STRONG_PHRASE and intent not in DESTRUCTIVE:
        intent, confidence = ASK_PROCEDURE, best_phrase
    if intent != ASK_PROCEDURE:
        return Decision(intent, confidence)
    if aspects and all(word in EMPTY_WORDS for word in residue.split()):
        return Decision(ASK_PROCEDURE, confidence, follow_up=True)
    offer = OFFER_WHEN_ASKED if confidence >= SURELY_ASKED else OFFER
    candidates = tuple(item.code for item in ranked[:CANDIDATES] if item.score >= offer)
    if not candidates:
        return Decision(OUT_OF_SCOPE, 1.0 - confidence)
    top = ranked[0]
    lead = top.score - (ranked[1].score if len(ranked) > 1 else 0.0)
    if top.score >= ANSWER and lead >= AHEAD:
        return Decision(ASK_PROCEDURE, top.score, top.code, candidates)
    return Decision(ASK_PROCEDURE, top.score, None, candidates)
