"""Text made fit to be stored, sent on and put into XML, whatever it held before."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from contract.turn import MAX_TEXT

_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Control signs except tab and line ends, halves of surrogate pairs, and code points without a character."""


def clean(text: str) -> str:
    """The text in NFC without signs that cannot be stored or sent on; white space stays."""
    return unicodedata.normalize("NFC", _UNUSABLE.sub("", text))


def clean_fields(fields: dict[Any, Any]) -> dict[str, Any]:
    """The fields of a turn from outside: every string fit for one, the words and those of a wish as a message's."""
    cleaned = {clean(str(name)): clean(value) if isinstance(value, str) else value for name, value in fields.items()}
    if isinstance(fields.get("text"), str):
        cleaned["text"] = clean_text(fields["text"])
    if isinstance(fields.get("wish"), dict):
        cleaned["wish"] = clean_fields(fields["wish"])
    return cleaned


def clean_text(text: str) -> str:
    """A citizen's message, cleaned and clipped to what a turn takes: a long one is answered, not refused."""
    # Composing never makes a text longer than three times, so a little more than the limit is enough to look
    # at.
    return clean(text[: 4 * MAX_TEXT])[:MAX_TEXT]
