"""A wish for a text to be spoken, as both processes that handle it read it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from kiosk.signed_texts import LONGEST


class SpeechBody(BaseModel):
    """A text of ours to be said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1, max_length=LONGEST)
    token: str = Field(min_length=1, max_length=64)
    language: Literal["vi", "en"] = "vi"
    speed: float = Field(1.0, ge=0.6, le=1.6)
    """1 is the usual pace."""
