"""One turn of a conversation: what a channel hands to the core and what it gets back."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from contract.reply import Reply
from contract.wishes import Refusal, Wish

MAX_TEXT = 60_000
"""Characters of one message that are accepted at all; the core understands the first part of a long one."""

Digits = Annotated[str, StringConstraints(pattern=r"^[0-9*#]{1,64}$")]
Conversation = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]
"""Opaque id of a conversation. Channels put a keyed hash here, never a phone number."""


class Channel(StrEnum):
    """Where the citizen is."""

    SMS = "sms"
    PHONE = "phone"
    KIOSK = "kiosk"


_BY_TEXT = f"{Channel.SMS}:"


def conversation_by_text(person: str) -> str:
    """Id of the conversation by text message of a sender, given by the keyed hash of the number."""
    return _BY_TEXT + person


def sender_of(conversation: str) -> str | None:
    """The keyed hash of the number a conversation by text message is held with; None for other conversations."""
    return conversation.removeprefix(_BY_TEXT) if conversation.startswith(_BY_TEXT) else None


class Event(StrEnum):
    """Things that happen without words."""

    START = "start"
    NO_INPUT = "no_input"
    IDLE = "idle"
    HANGUP = "hangup"


NO_DANGER = "none"
"""Kind of danger in words that were looked at and tell of none."""

TurnId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]


def exactly_one_given(turn: BaseModel, ways: tuple[str, ...] = ("text", "digits", "event", "wish")) -> None:
    """Raise ``ValueError`` unless a turn says in exactly one of its ways what a citizen did."""
    if sum(getattr(turn, way) is not None for way in ways) != 1:
        raise ValueError(f"give exactly one of {', '.join(ways[:-1])} and {ways[-1]}")


Mark = Annotated[str, StringConstraints(pattern=r"^(person|place):[A-Za-z0-9._-]{1,64}$")]
"""Who is asking, beyond one conversation: the keyed hash of a telephone number, or of an address or box where many
stand."""


_PERSON = "person:"
ELSEWHERE = "elsewhere"
"""Key of a message's metadata: the code of the procedure talked of by another channel."""


def person_in(marks: Iterable[str]) -> str | None:
    """The keyed hash of the number a turn came from; None where it has none, as at a kiosk."""
    return next((mark.removeprefix(_PERSON) for mark in marks if mark.startswith(_PERSON)), None)


class Turn(BaseModel):
    """What a citizen did: exactly one of ``text``, ``digits`` (keys pressed), ``event`` and ``wish``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: Channel
    conversation: Conversation
    text: Annotated[str, StringConstraints(max_length=MAX_TEXT)] | None = None
    digits: Digits | None = None
    event: Event | None = None
    wish: Wish | None = None
    """What a button, a menu or a key with a meaning of its own asks for: never understood, done as it stands."""
    danger: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,30}$")] | None = None
    """The kind of danger the channel has found in the words, or :data:`NO_DANGER`; None when it has not looked, and the
    core does."""
    marks: Annotated[tuple[Mark, ...], Field(max_length=4)] = ()
    """What wrong guesses at a second factor count against, besides the conversation."""
    id: TurnId | None = None
    """The same for every try of one turn: a turn tried again gets the answer it got before and changes nothing."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Turn:
        exactly_one_given(self)
        return self


class Understanding(BaseModel):
    """What the core understood of an utterance; the shape of ``motcua understand``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    intent: str | None
    confidence: float = 0.0
    procedure: str | None = None
    candidates: tuple[str, ...] = Field(default=(), max_length=5)
    aspect: str | None = None
    dossier_code: str | None = None
    digits: str | None = None


class TurnResult(BaseModel):
    """The core's answer to one turn."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    replies: tuple[Reply, ...]
    understanding: Understanding
    refused: Refusal | None = None
    """Why the turn's wish could not be done; the replies then ask again."""
