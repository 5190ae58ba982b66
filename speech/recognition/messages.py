"""What the pool and its worker processes tell each other over a socket only they hold."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from speech.recognition.recogniser import Heard, Hints, Partial, Recogniser

_LENGTH = struct.Struct("!I")
HEADER_BYTES = _LENGTH.size


@dataclass(frozen=True, slots=True)
class Start:
    """First message to a worker."""

    load: Callable[[], Recogniser]


@dataclass(frozen=True, slots=True)
class Open:
    """Begin an utterance."""

    stream: int
    rate: int
    """Hz of the PCM that follows."""
    hints: Hints


@dataclass(frozen=True, slots=True)
class Audio:
    """The next piece of an utterance."""

    stream: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Finish:
    """End an utterance; :class:`Done` or :class:`Broken` follows."""

    stream: int


@dataclass(frozen=True, slots=True)
class Abandon:
    """Drop an utterance; nothing follows."""

    stream: int


@dataclass(frozen=True, slots=True)
class Check:
    """Ask which words of phrases the model lacks."""

    question: int
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is loaded."""

    engine: str
    tells_words: bool = False
    """Whether the text so far comes while somebody still speaks."""
    settles_after: float | None = None
    """Seconds of silence it has taken after which the text so far is the whole; None where only the end tells."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The model cannot be loaded; the worker ends."""

    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """So much sound has been worked on; with the text so far when it has changed."""

    stream: int
    size: int
    """Bytes of PCM as they were sent."""
    partial: Partial | None
    took: float = 0.0
    """Seconds of work, with what other processes left of the machine."""


@dataclass(frozen=True, slots=True)
class Done:
    """An utterance is over."""

    stream: int
    heard: Heard
    took: float = 0.0
    """Seconds of work after the last sound."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The engine failed in this utterance; others go on."""

    stream: int
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Answer to :class:`Check`."""

    question: int
    missing: tuple[str, ...]


def packed(message: object) -> bytes:
    """A message as it goes over the socket."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


def body_length(header: bytes) -> int:
    """Bytes of the message a header announces."""
    return int(_LENGTH.unpack(header)[0])


def unpacked(body: bytes) -> Any:
    """The message; only ever from the other end of our own socket pair."""
    return pickle.loads(body)
