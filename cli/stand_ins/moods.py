"""How a stand-in misbehaves, as real systems do: set at ``POST /_mood``, for all questions until it is set anew."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

from flask import Flask, Response, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

DRIP_SECONDS: Final = 0.2
_HTML: Final = "<!DOCTYPE html><html><body><h1>Service temporarily unavailable</h1></body></html>"


class Mood(StrEnum):
    """What a question is answered with."""

    FINE = "fine"
    DOWN = "down"
    """HTTP 502."""
    HTML = "html"
    """A page of the web server in front, with status 200."""
    HALF = "half"
    """JSON that ends in the middle."""
    OTHER_ENCODING = "other_encoding"
    """UTF-16 with a mark, which can still be read."""
    BROKEN_ENCODING = "broken_encoding"
    """Bytes that are no UTF-8."""
    ERROR_INSIDE = "error_inside"
    """Status 200 with an error in it."""
    REDIRECT = "redirect"
    """To another host."""
    DRIP = "drip"
    """A byte at a time."""
    THOUSANDS = "thousands"
    """Ten thousand records beside the right one."""
    HUGE = "huge"
    """More bytes than any look-up needs."""
    OLD_DATES = "old_dates"
    """1900 for every date that is missing or there."""
    UNKNOWN_STATE = "unknown_state"
    """A state nobody has mapped."""
    OTHER_DOSSIER = "other_dossier"
    """A record with another code than was asked for."""
    OTHER_PERSON = "other_person"
    """The right code twice, with different people."""


class MoodWanted(BaseModel):
    """Body of ``POST /_mood``."""

    model_config = ConfigDict(extra="forbid")

    mood: Mood = Mood.FINE
    seconds: float = Field(0.0, ge=0, le=120)
    """Before each answer."""
    forget_tokens: bool = False
    """Whether tokens and sessions given so far end now."""


class Moods:
    """The present mood; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.wanted = MoodWanted()
        self.generation = 0
        """Grows when tokens are forgotten."""
        self.asked: list[str] = []
        """Codes that were asked for, in order."""
        self._under_way: dict[str, int] = {}
        self.most_of_one = 0
        """Most questions about one dossier at a time."""

    def set(self, wanted: MoodWanted) -> None:
        """Be in this mood from now on."""
        with self._lock:
            self.wanted = wanted
            self.generation += wanted.forget_tokens

    def begin(self, code: str) -> None:
        """A question comes in."""
        with self._lock:
            self.asked.append(code)
            self._under_way[code] = self._under_way.get(code, 0) + 1
            self.most_of_one = max(self.most_of_one, self._under_way[code])

    def end(self, code: str) -> None:
        """It is answered."""
        with self._lock:
            self._under_way[code] -= 1

    def shown(self, content: Any, error: Any) -> Response:
        """An answer as this mood gives it."""
        mood = self.wanted.mood
        text = json.dumps(content, ensure_ascii=False)
        match mood:
            case Mood.DOWN:
                return Response(_HTML, 502, content_type="text/html")
            case Mood.HTML:
                return Response(_HTML, content_type="text/html; charset=utf-8")
            case Mood.HALF:
                return _json(text[: len(text) // 2].encode())
            case Mood.OTHER_ENCODING:
                return _json(text.encode("utf-16"))
            case Mood.BROKEN_ENCODING:
                return _json(b"\xff" + text.encode("latin-1", "replace"))
            case Mood.ERROR_INSIDE:
                return _json(json.dumps(error, ensure_ascii=False).encode())
            case Mood.REDIRECT:
                return Response(status=302, headers={"Location": "http://127.0.0.1:9/elsewhere"})
            case Mood.DRIP:
                return Response(_dripping(text.encode()), content_type="application/json")
            case Mood.HUGE:
                return Response(_endless(), content_type="application/json")
        return _json(text.encode())


def add_moods(app: Flask, moods: Moods) -> None:
    """``GET`` and ``POST /_mood``."""

    def read_mood() -> Any:
        return {**moods.wanted.model_dump(mode="json"), "asked": len(moods.asked), "most_of_one": moods.most_of_one}

    def set_mood() -> Any:
        try:
            wanted = MoodWanted.model_validate(request.get_json(force=True, silent=True) or {})
        except ValidationError:
            return {"error": "mood is one of " + ", ".join(Mood)}, 400
        moods.set(wanted)
        return read_mood()

    app.add_url_rule("/_mood", "read_mood", read_mood, methods=["GET"])
    app.add_url_rule("/_mood", "set_mood", set_mood, methods=["POST"])


def _json(content: bytes) -> Response:
    return Response(content, content_type="application/json")


def _dripping(content: bytes) -> Iterator[bytes]:
    for place in range(len(content)):
        yield content[place : place + 1]
        time.sleep(DRIP_SECONDS)


def _endless() -> Iterator[bytes]:
    yield b'["'
    for _ in range(10_000):
        yield b"x" * 65_536
