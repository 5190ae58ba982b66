"""The core's answer as the page shows it: replies in pieces, the card of the procedure, what is asked next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from channels.rendering.lines import lines_of, source_line
from channels.rendering.speech import spoken, spoken_reply
from contract.reply import Detail, Reply, ReplyKind
from contract.turn import TurnResult
from contract.wishes import LookUpDossier, Wish
from kiosk.procedure_cards import Cards
from kiosk.signed_texts import Signing


class Expected(StrEnum):
    """What the visitor is asked for; the page shows the right keys for it."""

    CHOICE = "choice"
    DOSSIER_CODE = "dossier_code"
    LAST4 = "last4"
    ONE_TIME_CODE = "one_time_code"
    REGISTRY_PROOF = "registry_proof"
    WORDS = "words"
    NOTHING = "nothing"


PROVING = frozenset({Expected.LAST4, Expected.ONE_TIME_CODE})
"""What shows that a dossier is the visitor's."""


def as_json(result: TurnResult, cards: Cards, signing: Signing, wish: Wish | None = None) -> dict[str, Any]:
    """What ``POST /kiosk/api/turn`` answers to words, or to a wish."""
    answered = _answered(result.replies)
    code = answered.source.procedure_code if answered and answered.source else None
    card = cards.card(code, answered.language) if answered and code is not None else None
    shown = "\n".join("\n".join(_lines(reply)) for reply in result.replies)
    said = "\n".join(_said(reply, has_card=card is not None) for reply in result.replies)
    return {
        "replies": [_reply(reply) for reply in result.replies],
        "card": card.as_json() if card else None,
        "side": result.understanding.aspect,
        "expects": expected(result),
        # Of the visitor's own words, so that the look-up can be asked for once more when the line is back.
        "dossier": _dossier(result, wish) if expected(result) in PROVING else None,
        "shown": asdict(signing.sign(shown)),
        "speech": asdict(signing.sign(said)),
    }


def expected(result: TurnResult) -> Expected:
    """What the last reply asks for."""
    last = result.replies[-1] if result.replies else None
    if last is None:
        return Expected.NOTHING
    if last.choices:
        return Expected.CHOICE
    match last.asks:
        case Detail.DOSSIER_CODE:
            return Expected.DOSSIER_CODE
        case Detail.LAST4:
            return Expected.LAST4
        case Detail.ONE_TIME_CODE:
            return Expected.ONE_TIME_CODE
        case Detail.REGISTRY_PROOF:
            return Expected.REGISTRY_PROOF
        case _:
            return Expected.WORDS if last.kind is ReplyKind.ASK_DETAIL else Expected.NOTHING


def _dossier(result: TurnResult, wish: Wish | None) -> str | None:
    """The code as understood, or as keyed."""
    keyed = wish.code if isinstance(wish, LookUpDossier) else None
    return result.understanding.dossier_code or keyed


def _answered(replies: Sequence[Reply]) -> Reply | None:
    return next((reply for reply in reversed(replies) if reply.kind is ReplyKind.ANSWER and reply.source), None)


def _lines(reply: Reply) -> tuple[str, ...]:
    return lines_of(reply.model_copy(update={"next_step": None}), lambda choice: choice.label)


def _said(reply: Reply, *, has_card: bool) -> str:
    """Choices are touched, not keyed, and the source stands on the card: neither is read out by number."""
    told = reply.model_copy(
        update={
            "choices": (),
            "source": None if has_card else reply.source,
            "next_step": None if has_card or reply.choices else reply.next_step,
        }
    )
    labels = "\n".join((choice.speech or choice.label).rstrip(" .") for choice in reply.choices)
    return "\n".join(filter(None, [spoken_reply(told), spoken(labels, reply.language)]))


def _reply(reply: Reply) -> dict[str, Any]:
    return {
        "kind": reply.kind,
        "lines": [reply.short, *reply.details, *filter(None, [reply.question])],
        "choices": [
            {"label": choice.label, "wish": choice.wished.model_dump(mode="json", exclude_none=True)}
            for choice in reply.choices
        ],
        "next": None if reply.choices else reply.next_step,
        "later": reply.later,
        "source": source_line(reply.source, reply.language) if reply.source else None,
    }
