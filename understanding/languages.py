"""Which language a citizen asks for."""

from __future__ import annotations

from language.languages import installed


def language_named(folded: str) -> str | None:
    """The language named in a folded message; None when it names none, or several."""
    return installed().named_in(folded)
