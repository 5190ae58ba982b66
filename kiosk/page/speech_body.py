"""A wish for a text to be spoken, as both processes that handle it read it."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kiosk.signed_texts import LONGEST
from language.languages import default_language, installed

PARTS_HEADER: Final = "X-Speech-Parts"
WORDS_HEADER: Final = "X-Speech-Words"
"""What is heard, percent-encoded: the caption. It was our own text, never what a visitor said."""
"""How many parts a spoken text has."""


def known_language(tag: str) -> str:
    """A language visitors can choose.

    Raises:
        ValueError: it is none.
    """
    if tag not in installed().offered:
        raise ValueError("no language of this machine")
    return tag


class SpeechBody(BaseModel):
    """A text of ours to be said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1, max_length=LONGEST)
    token: str = Field(min_length=1, max_length=64)
    language: Annotated[str, AfterValidator(known_language)] = Field(default_factory=default_language)
    part: int = Field(0, ge=0, le=1_000)
    """A long text is spoken part by part: the next one is fetched while one is heard."""
    speed: float = Field(1.0, ge=0.6, le=1.6)
    """1 is the usual pace."""
