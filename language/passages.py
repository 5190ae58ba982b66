"""Very long texts in passages.

Expressions that look for numbers, codes and short forms look back and ahead from each letter. Over a word of a hundred
thousand letters that takes the square of its length; over passages of bounded length it takes as long as there are
passages. What people write and what publishers print is shorter than one passage, or has sentences to cut at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 1_000
"""Characters of a passage, unless told otherwise."""
_SENTENCE_END = re.compile(r"[a-zà-ỹ0-9)\]][.;!?] (?=[A-ZĐÀ-Ỹ])")
_BETWEEN_WORDS = re.compile(r"(?<=[^\W\d_]) (?=[^\W\d_])")


def passages(text: str, longest: int = LONGEST) -> Iterator[str]:
    """Cut a text behind line ends and sentences, else between words, else anywhere; joined, they are the text again.

    Args:
        text: any text.
        longest: the most characters of a passage; a text that is not longer stays whole.
    """
    start = 0
    while len(text) - start > longest:
        border = _border(text, start, start + longest)
        yield text[start:border]
        start = border
    yield text[start:]


def _border(text: str, start: int, end: int) -> int:
    line_end = text.rfind("\n", start, end) + 1
    border = max(line_end, _last(_SENTENCE_END, text, start, end)) or _last(_BETWEEN_WORDS, text, start, end)
    # Groups of a number have blanks between them, too: these come last.
    return border or text.rfind(" ", start, end) + 1 or end


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    """Where the last find ends; 0 without any."""
    at = 0
    for found in pattern.finditer(text, start, end):
        at = found.end()
    return at
