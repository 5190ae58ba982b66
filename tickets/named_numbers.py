"""Whether the words of a report name a telephone number, and the words without it."""

from __future__ import annotations

import re

from language.characters import plain
from language.digit_runs import digit_runs
from language.lexemes import lex
from language.readings import readings
from language.redaction.personal_data import redact
from language.redaction.pieces import Tag

_GIVEN_UP = "…"
"""In place of words of which the number cannot be taken by itself."""


def names_number(text: str, phone: str) -> bool:
    """Whether a number (in E.164) stands in a text: typed, in whatever groups, or in words."""
    subscriber = re.sub(r"\D", "", phone).removeprefix("84")
    text = plain(text)
    if subscriber in re.sub(r"\D", "", text):
        return True
    return any(subscriber in reading.digits for run in digit_runs(lex(text)) for reading in readings(run.pieces))


def names_phone(text: str) -> bool:
    """Whether any telephone number stands in a text, typed or said."""
    return Tag.PHONE.value in redact(text)


def without_number(text: str, phone: str) -> str:
    """The text with everything personal taken out of it, in any case that number."""
    redacted = redact(text, keep_places=True)
    return _GIVEN_UP if names_number(redacted, phone) else redacted
