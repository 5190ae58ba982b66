"""One written form for what people type: the first step of understanding."""

from __future__ import annotations

import re

from language import data
from language.characters import fold, lowered, strip_markup
from language.company import settle
from language.languages import default_language
from language.said_in import said_in
from language.word_forms import write_out

__all__ = ["MAX_LENGTH", "fold", "normalise", "tokens"]

MAX_LENGTH = 2_000
"""Characters kept for understanding; a citizen's question is far shorter, and what follows is not read."""

_MAX_RAW_LENGTH = 4 * MAX_LENGTH
"""Characters looked at before markup, doubled spaces and punctuation are gone."""

_TOKEN = re.compile(
    r"""
      \d+(?:/\d{4})?/[^\W\d_]+\d*(?:-[^\W\d_]+\d*)+              # decisions and decrees: 123/2015/nđ-cp
    | \d+/\d{4}/[^\W\d_]+\d*                                     # laws: 26/2023/qh15
    | (?:\+(?=\d)|o{2,3}[.\-](?=[\do]))?[^\W_]*\d[^\W_]*(?:[.,/:\-](?:[^\W_]*\d[^\W_]*|oo+))*%?
    # above: numbers, dates, codes, with O typed for 0
    | [^\W\d_]+(?:'[^\W\d_]+)*                                   # words; ea h'leo
    """,
    re.VERBOSE,
)


@data.kept
def normalise(text: str) -> str:
    """Return the text in the one form that matching and learning work on.

    NFC, lower case, Latin letters only where others imitate them, no markup, punctuation only inside
    numbers and codes, single spaces, tone marks where dictionaries put them, abbreviations, chat
    spelling, Telex key strokes and missing spaces written out, unless the text is in another language.
    Words without diacritics stay so; use `fold` to compare. At most `MAX_LENGTH` characters, cut between
    words. Idempotent; never raises.
    """
    text = lowered(strip_markup(_clip(text, _MAX_RAW_LENGTH)))
    words: list[str] = _TOKEN.findall(text)
    if said_in(text) in (None, default_language()):
        words = settle([meant for typed in words for meant in write_out(typed)])
    settled = " ".join(words)
    if len(settled) > MAX_LENGTH:
        # The cut can change what the last words stand beside, so the rest is read once more.
        return normalise(_clip(settled, MAX_LENGTH))
    return settled


def tokens(text: str) -> list[str]:
    """Return the words, numbers and codes of the normalised text."""
    return normalise(text).split()


def _clip(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    border = max(text.rfind(" ", 0, length + 1), text.rfind("\n", 0, length + 1))
    return text[: border if border > 0 else length]
