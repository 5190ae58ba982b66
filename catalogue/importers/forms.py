"""The incoming forms: what a published record must look like before anything is read from it.

Fields nobody uses are ignored; a field of the wrong type makes the record a broken one.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

MAX_TEXT = 100_000
"""Characters of one field; the longest published one has 23 thousand."""

MAX_ITEMS = 1_000
"""Entries of one list; the longest published one has fewer than two hundred."""


def _null_as_empty(value: Any) -> Any:
    return "" if value is None else value


Text = Annotated[str, Field(max_length=MAX_TEXT)]
OptionalText = Annotated[str, Field(max_length=MAX_TEXT), BeforeValidator(_null_as_empty)]
"""A text the portal leaves null when it has none."""
_Part = TypeVar("_Part")
RecordPart = Annotated[list[_Part], Field(max_length=MAX_ITEMS), BeforeValidator(lambda value: value or [])]
"""A list of parts the portal leaves null, or writes as an empty text, when there are none."""


class Form(BaseModel):
    """Strict types, unknown keys ignored."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, allow_inf_nan=False)


class PaperForm(Form):
    """One paper of the dossier."""

    name: OptionalText = ""
    originals: int | None = Field(default=0, ge=0)
    copies: int | None = Field(default=0, ge=0)


class PaperCaseForm(Form):
    """The papers of one situation."""

    case: OptionalText = ""
    papers: list[PaperForm] = Field(default_factory=list, max_length=MAX_ITEMS)
