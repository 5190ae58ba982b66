"""What a session says by itself, beside the dialogue, and how anything is said."""

from __future__ import annotations

from typing import Final

from channels.phone.dialogue.carrier_protocol import Language, Line, Move, Speed
from channels.phone.dialogue.carrier_protocol import Style as CallStyle
from channels.phone.dialogue.dialogue_data import dialogue_data
from language.languages import installed
from language.reading_aloud import ready_for_voice
from speech.voices.voice import SLOWEST, Accent, Style

SLOW: Final = 0.8
"""Pace for callers who asked for slower speech, against the usual one."""


class Styles:
    """How lines are said in this installation.

    Args:
        speed: usual pace; 1 is some 14 characters a second.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed

    def of(self, line: Line, style: CallStyle) -> Style:
        """How to say a line of a call."""
        speed = self._speed * (SLOW if style.speed is Speed.SLOW else 1.0)
        return Style(line.language, Accent(style.accent.value), max(SLOWEST, speed))


def own_line(key: str, language: Language) -> Line:
    """A line of the telephone's wording."""
    text = dialogue_data().wording.text(language, key)
    return Line(ready_for_voice(text, language), public=True, language=language)


def language_of(move: Move) -> Language:
    """The language a move is said in; one line may offer the other."""
    languages = [line.language for line in move.say]
    return max(installed().offered, key=languages.count)
