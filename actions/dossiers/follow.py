"""What a conversation asks of whoever can tell news of a dossier: begun here, sent by text message elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    WAITING = "waiting"
    """What could not be looked up will be, and told."""
    NOT_NOW = "not_now"
    """The system that holds the dossier cannot be asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """A look-up that nobody could answer; see :meth:`actions.dossiers.service.DossierService.look_up`."""

    code: str
    last4: str
    conversation: str
    channel: str
    marks: tuple[str, ...]


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

    def can_wait(self, marks: Sequence[str]) -> bool:
        """Whether whoever asks could be told by text message later. Blocks."""
        ...

    def wait(self, question: Question, language: str, turn: str) -> Began:
        """Look up later what cannot be looked up now, and tell it once. Blocks."""
        ...


class NobodyFollows:
    """Where no text messages go out: on a kiosk, in commands."""

    def begin(self, code: str, marks: Sequence[str], language: str, turn: str) -> Began:
        """See :class:`Follow`."""
        return Began.OTHER_NUMBER

    def can_wait(self, marks: Sequence[str]) -> bool:
        """See :class:`Follow`."""
        return False

    def wait(self, question: Question, language: str, turn: str) -> Began:
        """See :class:`Follow`."""
        return Began.OTHER_NUMBER
