"""Exchanges to learn from, as short as tests can write them."""

from __future__ import annotations

from datetime import date

from contract.meaning import Candidate, Meaning
from contract.reply import Reply, ReplyKind
from contract.turn import Channel
from learning.kept import Kept, Reason
from learning.rule import Exchange

DAY = date(2026, 11, 20)


def exchange(text: str, kind: ReplyKind, intent: str = "ask_procedure", **meaning: object) -> Exchange:
    """One turn with one reply."""
    replies = (Reply(kind=kind, short="Cần việc nào dưới đây?"),)
    return Exchange(text, Meaning.model_validate({"intent": intent, **meaning}), replies)


def asked_back(text: str) -> Exchange:
    """A question after which the citizen was asked which procedure is meant."""
    considered = (Candidate(code="1.000001", chance=0.4), Candidate(code="1.000002", chance=0.1))
    codes = tuple(one.code for one in considered)
    return exchange(text, ReplyKind.ASK_BACK, candidates=codes, considered=considered)


def kept(text: str, day: date = DAY, reason: Reason = Reason.ASKED_BACK, code: str = "1.000001") -> Kept:
    """An utterance ready to be stored."""
    return Kept(
        text=text,
        normalised=text,
        channel=Channel.SMS,
        reason=reason,
        intent="ask_procedure",
        candidates=(Candidate(code=code, chance=0.4),),
        answered="Cần việc nào dưới đây?",
        day=day,
    )
