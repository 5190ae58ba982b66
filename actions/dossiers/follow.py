"""What a conversation asks of whoever can tell news of a dossier: begun here, sent by text message elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol


class Began(StrEnum):
    """What became of the wish for news; the name of the sentence that tells it, after ``follow_``."""

    BEGUN = "begun"
    OTHER_NUMBER = "other_number"
    """Whoever asks does not speak from the number on the dossier, so nobody there has agreed to anything."""
    REFUSED = "refused"
    """The number has refused all messages; it must ask for them again by itself."""
    OVER = "over"
    """Nothing more will happen to the dossier."""
    NOT_NOW = "not_now"
    """The system that holds the dossier cannot be asked."""


class Follow(Protocol):
    """Tells news."""

    def begin(self, code: str, marks: Sequence[str], language: str, turn: str) -> Began:
        """Follow a dossier for somebody who has proven it in this conversation. Blocks.

        Args:
            code: canonical.
            marks: of whoever asks; see :attr:`contract.turn.Turn.marks`.
            language: of the news.
            turn: id of what said so, for the proof of consent.
        """
        ...


class NobodyFollows:
    """Where no text messages go out: on a kiosk, in commands."""

    def begin(self, code: str, marks: Sequence[str], language: str, turn: str) -> Began:
        """See :class:`Follow`."""
        return Began.OTHER_NUMBER
