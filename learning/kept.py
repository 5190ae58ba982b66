"""What is kept of an utterance the assistant could not answer well.

Nothing in it leads back to a person: no conversation, no number, no time of day, and only redacted text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contract.meaning import Candidate
from contract.turn import Channel


class Reason(StrEnum):
    """Why an utterance is kept."""

    REFUSED = "refused"
    """No procedure was sure enough to be answered or offered."""
    ASKED_BACK = "asked_back"
    """The citizen was asked which procedure is meant."""
    DENIED = "denied"
    """It was answered, and the citizen said that something else was meant."""
    FOLLOW_UP = "follow_up"
    """A question about what was talked of was answered, then denied or asked again. It is shown so that the readings
    can be mended; it names no matter, so no label makes a phrase of it."""


class State(StrEnum):
    """What became of a kept utterance."""

    OPEN = "open"
    LABELLED = "labelled"
    DROPPED = "dropped"
    """Its text is erased; the row stays so that the same words are not shown again."""


@dataclass(frozen=True)
class Kept:
    """One utterance, ready to be stored."""

    text: str
    """Redacted: tags stand in place of names and numbers."""
    normalised: str
    """What tells two utterances apart: the text without tags, in the form understanding works on."""
    channel: Channel
    reason: Reason
    intent: str
    candidates: tuple[Candidate, ...]
    """The nearest procedures, best first."""
    answered: str
    """What the assistant said."""
    day: date


@dataclass(frozen=True)
class KeptUtterance:
    """A stored utterance; of one that came several times the last circumstances count."""

    id: int
    kept: Kept
    times: int
    first_day: date
    state: State
    label: str
    """Code or intent it was labelled with; empty while it is open."""
