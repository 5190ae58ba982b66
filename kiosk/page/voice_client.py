"""The web process asks the voice process of the same machine: what it can do, and for sound."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from kiosk.page.speech_body import PARTS_HEADER, WORDS_HEADER

SPEAKING_SECONDS: Final = 20.0
ASKING_SECONDS: Final = 2.0


class Abilities(BaseModel):
    """What the voice process can do at the moment."""

    model_config = ConfigDict(frozen=True)

    hears: bool = False
    speaks: bool = False


@dataclass(frozen=True)
class Sound:
    """Answer to a wish for sound."""

    status: int
    opus: bytes = b""
    parts: int = 0
    """How many parts the spoken text has."""
    words: str = ""
    """What is heard in this one, percent-encoded."""


class Voice(Protocol):
    """What speaks and hears for the kiosk."""

    def abilities(self) -> Abilities:
        """What can be done now; nothing while nobody answers."""
        ...

    def say(self, fields: dict[str, object]) -> Sound:
        """The sound of a part of a signed text; 204: nothing to hear, above it: no voice."""
        ...

    def forget(self) -> None:
        """Keep no sound of what was said to a visitor."""
        ...


class VoiceClient:
    """Speaks HTTP over the voice process' Unix socket; safe to share between threads.

    Args:
        socket: where it listens.
    """

    def __init__(self, socket: Path) -> None:
        transport = httpx.HTTPTransport(uds=str(socket))
        self._client = httpx.Client(transport=transport, base_url="http://voice", trust_env=False)

    def abilities(self) -> Abilities:
        """What can be done now; nothing while nobody answers."""
        try:
            return self.asked()
        except (httpx.HTTPError, ValidationError):
            return Abilities()

    def asked(self) -> Abilities:
        """What can be done now.

        Raises:
            httpx.HTTPError: nobody answers.
            ValidationError: somebody else does.
        """
        return Abilities.model_validate_json(self._client.get("/kiosk/abilities", timeout=ASKING_SECONDS).content)

    def say(self, fields: dict[str, object]) -> Sound:
        """The sound of a part of a signed text."""
        try:
            response = self._client.post("/kiosk/speech", json=fields, timeout=SPEAKING_SECONDS)
        except httpx.HTTPError:
            return Sound(503)
        if response.status_code != 200:
            return Sound(response.status_code)
        parts = int(response.headers.get(PARTS_HEADER, 1))
        return Sound(200, response.content, parts, response.headers.get(WORDS_HEADER, ""))

    def forget(self) -> None:
        """Keep no sound of what was said to a visitor; a voice process that does not answer has kept none."""
        with suppress(httpx.HTTPError):
            self._client.post("/kiosk/forget", timeout=ASKING_SECONDS)
