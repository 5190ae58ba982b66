"""What a conversation has come to, as far as it decides what the next words mean."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from language.languages import installed

STATE = "state"
"""Key of the message's metadata that carries a :class:`State` as JSON."""

RATING_ASKED = "rating_asked"
"""Slot: whether this conversation was asked if the answers helped; once asked it is not asked again."""
LEAVING = frozenset({"thanks", "goodbye"})
"""Intents after which a conversation may be asked that; only the very next words are an answer."""

DEEPEST = 6
"""Topics remembered; a citizen who goes back further names the matter again."""


class Form(StrEnum):
    """What the assistant is in the middle of asking."""

    DOSSIER = "dossier_form"
    REPORT = "report_form"
    REGISTRY = "registry_form"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Offered(_Model):
    """The choices shown last."""

    codes: tuple[str, ...]
    aspect: str
    chance: float = 0.0
    """That the first of them is meant, by the words they were offered for."""
    labels: tuple[str, ...] = ()
    """What the choices are called, where they are no procedures but situations of one, or the dossier just shown and a
    new matter."""
    beside_dossier: bool = False
    """Whether they are the dossier just shown and another matter."""
    words: str = ""
    """Folded; what the choices were offered for, so that "cái bị mất ấy" can be read together with it."""


class ShownDossier(_Model):
    """The dossier whose state was told last in this conversation."""

    code: str
    procedure: str


class State(_Model):
    """The state of a conversation before the words that are read now."""

    procedure: str | None = None
    """Code of the procedure being talked of."""
    topics: tuple[str, ...] = ()
    """Codes of procedures talked of before that, the latest first."""
    offered: Offered | None = None
    dossier: ShownDossier | None = None
    dossier_waits: bool = False
    """Whether a look-up was begun and has not ended."""
    form: Form | None = None
    wanted: str | None = None
    """The slot the form has asked for."""
    aspect: str | None = None
    """The side answered last."""
    language: str | None = None
    """In which it is answered."""
    knowledge: str | None = None
    """Id of the entry told last, while nothing else was talked of since."""
    rating_asked: bool = False
    """Whether the last answer asked if it helped."""


def state_of(slots: Mapping[str, Any], active_loop: str | None, said_last: str | None = None) -> State:
    """The state in the slots of a tracker.

    Args:
        slots: by name.
        active_loop: name of the form under way; None when there is none.
        said_last: the intent of the words before.
    """
    offered = slots.get("offered")
    shown = slots.get("shown_dossier")
    return State(
        procedure=slots.get("procedure"),
        topics=tuple(slots.get("topics") or ()),
        offered=_offered(offered) if offered else None,
        dossier=ShownDossier(code=shown["code"], procedure=shown["procedure"]) if shown else None,
        dossier_waits=slots.get("topic") == "dossier",
        form=Form(active_loop) if active_loop in set(Form) else None,
        wanted=slots.get("requested_slot"),
        aspect=slots.get("answered_side"),
        knowledge=slots.get("told_entry"),
        language=language_in(slots),
        rating_asked=bool(slots.get(RATING_ASKED)) and said_last in LEAVING,
    )


def language_in(slots: Mapping[str, Any]) -> str:
    """The language a conversation is answered in: the one chosen, else the one spoken last, else the default."""
    # Where a session opens, the first words are known and not yet taken note of.
    first = slots.get("session_started_metadata") or {}
    return installed().known(slots.get("language") or slots.get("spoken") or first.get("spoken"))


def _offered(slot: Mapping[str, Any]) -> Offered:
    return Offered(
        codes=tuple(slot["codes"]),
        aspect=slot["aspect"],
        chance=slot.get("chance", 0.0),
        labels=tuple(slot.get("labels") or ()),
        beside_dossier=bool(slot.get("beside_dossier")),
        words=slot.get("words") or "",
    )


def with_topic(topics: tuple[str, ...], left: str | None, entered: str) -> tuple[str, ...]:
    """The stack of topics after ``entered`` has taken the place of ``left``."""
    if left is None or left == entered:
        return tuple(topic for topic in topics if topic != entered)
    return tuple(dict.fromkeys((left, *(topic for topic in topics if topic != entered))))[:DEEPEST]
