"""Which language a citizen asks for."""

from __future__ import annotations

import re

NAMES = {
    "vi": re.compile(r"\b(?:tieng viet|viet ngu|vietnamese|viet nam)\b"),
    "en": re.compile(r"\b(?:tieng anh|anh ngu|english|eng)\b"),
}
"""How folded messages name the languages the assistant speaks; "anh" alone is how people address a man."""


def language_named(folded: str) -> str | None:
    """The language named in a folded message; None when it names none, or both."""
    named = [language for language, name in NAMES.items() if name.search(folded)]
    return named[0] if len(named) == 1 else None
