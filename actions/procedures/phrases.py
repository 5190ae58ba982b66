"""Small grammar of answers: first letters, full stops, cases put in front."""

from __future__ import annotations

import re
from collections.abc import Iterable

_OWN_CONDITION = re.compile(r";|\bthì\b|^(?:nếu|khi|không|chỉ|trừ|để|có thì|với)\b", re.IGNORECASE)


def unique(items: Iterable[str]) -> list[str]:
    """Each text once, in the order of first mention."""
    return list(dict.fromkeys(items))


def sentence(text: str) -> str:
    """The text with one full stop at its end."""
    return text.rstrip(".;, ") + "."


def with_case(text: str, case: str | None) -> str:
    """The case in front: "cấp lại: 50.000 đồng"."""
    return f"{lower_first(case)}: {lower_first(text)}" if case else text


def is_bare_condition(when: str) -> bool:
    """Whether a condition can stand behind "nếu": "cán bộ không tra được", not "có thì mang theo"."""
    return _OWN_CONDITION.search(when) is None


def upper_first(text: str) -> str:
    """The first letter raised."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """Lower the first letter inside a sentence, unless the word is an abbreviation or a proper name."""
    first = text.split(" ", 1)[0]
    if first.isupper() or any(letter.isupper() for letter in first[1:]):
        return text
    return text[:1].lower() + text[1:]
