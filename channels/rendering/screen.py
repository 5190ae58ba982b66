"""A reply on a screen: every piece, with diacritics, one line each."""

from __future__ import annotations

from channels.rendering.lines import lines_of, shown_choice
from contract.reply import Reply


def screen_text(reply: Reply) -> str:
    """The whole reply as text to read."""
    return "\n".join(lines_of(reply, lambda choice: shown_choice(choice, reply.language)))
