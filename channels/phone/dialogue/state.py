"""What is known of a call between two moves."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from channels.phone.dialogue.carrier_protocol import Accent, Language, Move, Speed, Style
from contract.wishes import Wish
from language.languages import default_language

BACK_STEPS = 8
"""How many screens ``*`` can go back."""


class Stage(StrEnum):
    """Where in the call the caller is; it decides what keys and words mean."""

    MENU = "menu"
    ASK = "ask"
    """Which procedure: said, one of those asked most, or another."""
    FIELDS = "fields"
    """Which field of procedures."""
    GROUP = "group"
    """Which procedure of one field."""
    CHOICES = "choices"
    """The core asks which of several is meant."""
    ANSWER = "answer"
    TALK = "talk"
    """The core asks for something this dialogue has no screen of its own for."""
    CODE = "code"
    CODE_CHECK = "code_check"
    LAST4 = "last4"
    LAST4_CHECK = "last4_check"
    ONE_TIME = "one_time"
    """A code was sent to the number on the dossier: its digits."""
    REGISTRY_KEY = "registry_key"
    """The core asks for what an entry of a public registry is found by; what it said is in the pieces."""
    REGISTRY_PROOF = "registry_proof"
    REGISTRY_CHECK = "registry_check"
    TICKET_CHECK = "ticket_check"
    RATING = "rating"
    """What was told of a closed ticket, and how the caller likes it."""
    HEARD = "heard"
    """Whether what was heard is what was said."""
    VOICE = "voice"
    OFFER = "offer"
    """No officer can take the call: be called back?"""
    OWN_NUMBER = "own_number"
    """Whether to use the number the call comes from."""
    NUMBER = "number"
    NUMBER_CHECK = "number_check"


class Purpose(StrEnum):
    """What a telephone number is asked for."""

    CALL_BACK = "call_back"
    TEXT = "text"
    OWN_DATA = "own_data"
    """To be told there how to see and erase what is kept about it."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(_Frozen):
    """One thing to pick by key."""

    key: str
    label: str
    wish: Wish | None = None
    """What the core is asked for when this is taken; None where the dialogue itself knows what follows."""


class Screen(_Frozen):
    """What the caller hears and can do now. Only the fields its stage needs are set."""

    stage: Stage
    group: int = 0
    chunks: tuple[str, ...] = ()
    """An answer in pieces, not yet written out for a voice."""
    written: str = ""
    """The whole answer as a text message tells it."""
    at: int = 0
    """Which piece is being said."""
    public: bool = False
    """Whether the pieces are published facts."""
    facts: bool = False
    """Whether they answer something that is worth having in writing."""
    language: Language | None = None
    """Language of the pieces, where it is not the call's."""
    procedure: str | None = None
    code: str = ""
    """The dossier's code, in canonical form or its digits alone, whose four digits, or one-time code, are asked for."""
    options: tuple[Option, ...] = ()
    digits: str = ""
    """What has been keyed or said so far; in a check, what is to be confirmed."""
    heard: str = ""
    """Words to be confirmed, or a dossier code in canonical form."""
    purpose: Purpose | None = None


MENU = Screen(stage=Stage.MENU)


class CallState(_Frozen):
    """One call."""

    conversation: str
    """What the core calls this conversation; a keyed hash of the call's id."""
    caller: str | None = None
    """E.164 number of the caller, where it is a real one."""
    marks: tuple[str, ...] = ()
    """What the core counts wrong guesses of this caller against."""
    language: Language = Field(default_factory=default_language)
    speed: Speed = Speed.NORMAL
    accent: Accent = Accent.NORTH
    screen: Screen = MENU
    history: tuple[Screen, ...] = ()
    hears: bool = True
    """Whether anything listens to words now; where nothing does, none are asked for."""
    officer_missed: bool = False
    """Whether a transfer of this call was not taken: nobody is sent there a second time."""
    silences: int = 0
    """Times in a row that nothing came."""
    misses: int = 0
    """Times in a row that what came could not be used."""
    sequence: int = 0
    """Number of the move made last."""
    turns: int = 0
    """Turns handed to the core; part of their ids."""
    last_move: dict[str, Any] | None = None
    """The move made last, for a carrier that asks twice."""

    def changed(self, **fields: Any) -> CallState:
        """The state with some fields changed."""
        return self.model_copy(update=fields)

    def heard_well(self) -> CallState:
        """The state after an input that could be used."""
        return self.changed(silences=0, misses=0)

    def show(self, screen: Screen) -> CallState:
        """The state on another screen, from which ``*`` comes back here."""
        return self.changed(screen=screen, history=(*self.history, self.screen)[-BACK_STEPS:])

    def instead(self, screen: Screen) -> CallState:
        """The state with another screen in place of this one."""
        return self.changed(screen=screen)

    def back(self) -> CallState:
        """The state one screen earlier; the menu at last."""
        if not self.history:
            return self.changed(screen=MENU)
        return self.changed(screen=self.history[-1], history=self.history[:-1])

    def at_menu(self) -> CallState:
        """The state at the top menu."""
        return self.changed(screen=MENU, history=())

    @property
    def style(self) -> Style:
        """How to speak."""
        return Style(self.speed, self.accent)

    def keeping(self, move: Move) -> CallState:
        """The state with a move noted as the last one."""
        return self.changed(sequence=move.sequence, last_move=_MOVE.dump_python(move, mode="json"))

    def last(self) -> Move | None:
        """The move made last."""
        return _MOVE.validate_python(self.last_move) if self.last_move is not None else None


_MOVE: TypeAdapter[Move] = TypeAdapter(Move)


def numbered(move: Move, sequence: int) -> Move:
    """The move under its number."""
    return replace(move, sequence=sequence)
