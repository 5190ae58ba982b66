"""What the assistant tried before a person took over: handed on with a ticket, so that nobody has to begin anew."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

MOST_STEPS = 5
"""Turns handed on, the last ones."""
LONGEST = 300
"""Signs of what was said, and of what was answered."""


class Step(BaseModel):
    """One turn. Numbers, names and addresses are taken out of the words."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    said: str = Field("", max_length=LONGEST)
    """The citizen's words, redacted; empty for a button, or where they are not kept."""
    taken_for: str = Field("", max_length=60)
    """The intent it was taken for."""
    procedure: str | None = Field(None, max_length=40)
    """Code of the procedure the answer was taken from."""
    answered: str = Field("", max_length=LONGEST)
    """The first sentence of the answer, redacted."""
    asked_back: bool = False
    """Whether the answer was a question of the assistant's own."""
    failed: bool = False
    """Whether the assistant said that it did not know, or that something does not work."""


Tried = tuple[Step, ...]
"""The last turns, the oldest first."""

_TRIED: TypeAdapter[Tried] = TypeAdapter(Tried)


def as_text(tried: Tried) -> str:
    """As it is kept, JSON; empty for nothing."""
    return _TRIED.dump_json(tried, exclude_defaults=True).decode() if tried else ""


def read_tried(text: str | bytes) -> Tried:
    """What :func:`as_text` wrote. Raises ``ValueError`` for anything else."""
    return _TRIED.validate_json(text) if text else ()
