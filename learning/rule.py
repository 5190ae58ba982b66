"""What is worth keeping, and what may be kept at all. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contract.meaning import Meaning
from contract.reply import Reply, ReplyKind
from language.procedure_code import find_procedure_code
from language.redaction.personal_data import contains_personal_data, redact
from language.redaction.pieces import Tag
from learning.kept import Reason
from understanding.decision import ASK_PROCEDURE, OUT_OF_SCOPE

SAME_WORDS = 0.6
"""Share of the words of two messages in a row from which the second asks the same again."""
LONGEST = 500
"""Characters of an utterance that is kept; longer ones tell a life and teach little."""

_TAGS = re.compile("|".join(re.escape(tag.value) for tag in Tag))
_STILL_PERSONAL = re.compile(r"@|\d(?:[^\w\n]{0,3}\d){8,}")
"""Signs of an address or of a number that points to a person, whatever redaction took it for."""
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Exchange:
    """What a citizen said, what it was taken for and what was answered."""

    text: str
    meaning: Meaning
    replies: tuple[Reply, ...]


def worth_keeping(exchange: Exchange, denied: bool = False) -> Reason | None:
    """Why an exchange can teach something; None when it cannot.

    Words that name no matter ("còn lệ phí?") and typed codes are no phrases for a procedure; an answer to a
    question of the assistant's own, as for a dossier code, says nothing about procedures either.

    Args:
        exchange: the turn.
        denied: the citizen's next words were that something else was meant, or asked the same again.
    """
    reason = _reason(exchange, denied)
    # Looked for only where it counts: nearly every turn teaches nothing.
    return reason if reason is None or find_procedure_code(exchange.text) is None else None


def _reason(exchange: Exchange, denied: bool) -> Reason | None:
    meaning, kinds = exchange.meaning, {reply.kind for reply in exchange.replies}
    if meaning.dossier_code or ReplyKind.ASK_DETAIL in kinds:
        return None
    if denied:
        if ReplyKind.ANSWER not in kinds:
            return None
        names_a_matter = meaning.intent == ASK_PROCEDURE and not meaning.follow_up
        return Reason.DENIED if names_a_matter else Reason.FOLLOW_UP if told_of(exchange) else None
    if meaning.follow_up:
        return None
    if meaning.intent == OUT_OF_SCOPE and kinds <= {ReplyKind.NOTICE, ReplyKind.UNKNOWN}:
        return Reason.REFUSED
    if meaning.intent == ASK_PROCEDURE and meaning.procedure is None:
        if ReplyKind.ASK_BACK in kinds:
            return Reason.ASKED_BACK
        if ReplyKind.UNKNOWN in kinds:
            return Reason.REFUSED
    return None


def told_of(exchange: Exchange) -> str | None:
    """Code of the procedure an answer was taken from; None when it was taken from none."""
    sources = (reply.source.procedure_code for reply in exchange.replies if reply.source is not None)
    return next((code for code in sources if code), None)


def asked_again(before: str, now: str) -> bool:
    """Whether somebody asks in nearly the words they asked in before: the answer did not help.

    Args:
        before: normalised words of the turn before.
        now: normalised words of this turn.
    """
    first, second = set(before.split()), set(now.split())
    return bool(first) and len(first & second) >= SAME_WORDS * len(first | second)


def keepable(text: str) -> str | None:
    """The text as it may be kept, personal data replaced by tags; None when it may not be kept."""
    if len(text) > LONGEST:
        return None
    redacted = " ".join(redact(text).split())
    if _STILL_PERSONAL.search(redacted) or contains_personal_data(redacted):
        return None
    return redacted if _WORD.search(without_tags(redacted)) else None


def without_tags(redacted: str) -> str:
    """A redacted text without the tags: what is left of it to learn from."""
    return " ".join(_TAGS.sub(" ", redacted).split())
