"""What a voice is: text in, sound out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from language.languages import default_language
from runtime.messages import Message
from speech.errors import SpeechError

SLOWEST, FASTEST = 0.6, 2.0
LONGEST_TEXT = 400
"""Characters a voice takes in one go; longer texts come in passages (:mod:`speech.voices.passages`)."""


class NoSuchVoice(SpeechError):
    """A voice for this language and accent is not there. Without this check espeak-ng would speak English."""


class UnspeakableText(SpeechError):
    """A text a voice cannot take: too long, or figures left in it that make espeak-ng stumble or crash."""


class Accent(StrEnum):
    """Which Vietnamese is spoken."""

    NORTH = "north"
    CENTRAL = "central"
    SOUTH = "south"


@dataclass(frozen=True)
class Style:
    """How something is said."""

    language: str = field(default_factory=default_language)
    """BCP 47 primary tag. In a language no voice speaks, only recordings are heard; the rest is said in Vietnamese."""
    accent: Accent = Accent.NORTH
    speed: float = 1.0
    """1 is about 14 Vietnamese characters a second; recordings keep their own pace."""

    def __post_init__(self) -> None:
        if not SLOWEST <= self.speed <= FASTEST:
            raise ValueError(
                Message(
                    "speed {speed} is not from {slowest} to {fastest}",
                    speed=self.speed,
                    slowest=SLOWEST,
                    fastest=FASTEST,
                )
            )


class Voice(Protocol):
    """A synthetic voice. Safe to call from many conversations of one event loop at once."""

    @property
    def name(self) -> str:
        """Engine with version: sound of another name is another sound, also in the cache."""
        ...

    @property
    def sample_rate(self) -> int:
        """Hz of what :meth:`speak` returns."""
        ...

    async def speak(self, text: str, style: Style) -> bytes:
        """Return the text as PCM.

        Args:
            text: one passage of words, at most :data:`LONGEST_TEXT` characters, figures written out.
            style: how it is said.

        Raises:
            NoSuchVoice: no voice for this language and accent.
            UnspeakableText: the text is too long or holds long figures.
            VoiceFailed: the engine crashed, hung or gave no sound, a second time.
        """
        ...

    async def close(self) -> None:
        """End what runs for it."""
        ...
