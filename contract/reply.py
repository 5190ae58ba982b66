"""The reply model: what the assistant answers, before any channel gives it a shape.

A reply travels from an action through Rasa as JSON and is rendered by :mod:`channels.rendering`. It is the only
way an action speaks to a citizen.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from contract.wishes import Choose, Wish
from language.languages import default_language


class ReplyKind(StrEnum):
    """What the reply does, so that a channel can set the tone (and tests can tell)."""

    ANSWER = "answer"
    ASK_BACK = "ask_back"
    ASK_DETAIL = "ask_detail"
    """Asks for one thing the assistant needs: a dossier code, four digits."""
    UNKNOWN = "unknown"
    NOTICE = "notice"
    """Greeting, help, goodbye, the automatic-assistant notice."""
    TROUBLE = "trouble"
    """Something does not work at the moment; says what to do instead."""


class Detail(StrEnum):
    """The one thing a reply asks for, where it does."""

    DOSSIER_CODE = "dossier_code"
    LAST4 = "last4"
    ONE_TIME_CODE = "one_time_code"
    """Six digits that were sent to the number in the dossier; the last four still do."""
    REGISTRY_KEY = "registry_key"
    """What an entry of a public registry is found by: the number of a card, a plate."""
    REGISTRY_PROOF = "registry_proof"
    """Four digits, or those of a one-time code, by which it is the person's own."""
    WORDS = "words"
    """Words of the citizen's own, such as what is wrong, or where."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(_Model):
    """One thing the citizen can pick by key or number."""

    key: str
    """One digit."""
    label: str
    speech: str | None = None
    """How it is said aloud, where it differs from the label."""
    wish: Wish | None = None
    """What taking it means, where that can be said without the question: it still holds when the citizen comes back to
    the choices after something else."""

    @property
    def wished(self) -> Wish:
        """What a button with this choice sends."""
        return self.wish or Choose(key=self.key)


class Source(_Model):
    """Where the facts of an answer stand, so that anybody can check them."""

    procedure_code: str | None = None
    """None where an answer is about no procedure."""
    decision: str | None = None
    checked_on: date


class Reply(_Model):
    """One answer in pieces: the channel decides how many of them fit.

    ``short`` is complete in itself. ``details`` follow, the most useful first; each is a line of its own.
    """

    kind: ReplyKind
    short: str
    asks: Detail | None = None
    """Which detail is asked for, so that a channel can show the right keys."""
    details: tuple[str, ...] = ()
    question: str | None = None
    """What the choices answer, where facts stand before them; said with the choices."""
    choices: tuple[Choice, ...] = ()
    next_step: str | None = None
    """What the citizen can do or ask now; said last."""
    breath: int | None = None
    """Seconds after which a listener is let take a breath, where that is sooner than usual: a fee is jotted down."""
    source: Source | None = None
    later: bool = False
    """Whether asking again will bring more: the facts are of an earlier moment, or could not be looked up."""
    language: str = Field(default_factory=default_language)
    """BCP 47 primary tag."""
