"""What a channel delivers."""

from __future__ import annotations

from dataclasses import dataclass

from contract.reply import Choice


@dataclass(frozen=True, slots=True)
class Page:
    """One piece of a long answer: what is shown and what is said."""

    text: str
    speech: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """One reply as a channel delivers it."""

    text: str
    """What the channel shows: an SMS of at most the set number of segments, or a screen."""
    speech: str
    """What the channel says, ready for a voice."""
    choices: tuple[Choice, ...] = ()
    more: tuple[Page, ...] = ()
    """Pages to come, each only when the citizen asks for it."""
