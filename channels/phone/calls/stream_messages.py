"""Messages of a media stream, read once into typed values.

Source: the public description of Twilio's Media Streams WebSocket messages; compatible providers send the same.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

LONGEST_MESSAGE: Final = 16 * 1024
"""Characters of one message; 20 ms of sound take 250."""
LONGEST_PIECE: Final = 8000
"""Bytes (one second) of sound in one message."""
ENCODING: Final = "audio/x-mulaw"

_Short = Annotated[str, Field(max_length=200)]


class StreamError(ValueError):
    """A message is none of the protocol; the text says what is wrong and quotes nothing."""


class Connected(BaseModel):
    """The first message: somebody speaks this protocol."""

    event: Literal["connected"]


class MediaFormat(BaseModel):
    """How sound is coded."""

    encoding: _Short
    sampleRate: int
    channels: int = 1


class StartDetails(BaseModel):
    """Which call this is."""

    callSid: _Short
    customParameters: dict[_Short, _Short] = {}
    mediaFormat: MediaFormat


class Start(BaseModel):
    """The stream begins."""

    event: Literal["start"]
    streamSid: Annotated[str, Field(min_length=1, max_length=200)]
    start: StartDetails


class MediaDetails(BaseModel):
    """Sound."""

    track: _Short = "inbound"
    payload: str


class _OfStream(BaseModel):
    """What belongs to a stream that has begun."""

    streamSid: _Short | None = None
    """Some compatible providers leave it out: a socket carries one stream."""


class Media(_OfStream):
    """A piece of sound."""

    event: Literal["media"]
    media: MediaDetails


class DtmfDetails(BaseModel):
    """A key."""

    digit: Annotated[str, Field(pattern=r"^[0-9A-Da-d*#]$")]


class Dtmf(_OfStream):
    """A key was pressed."""

    event: Literal["dtmf"]
    dtmf: DtmfDetails


class MarkDetails(BaseModel):
    """Name of a mark we have set."""

    name: _Short


class Mark(_OfStream):
    """Everything up to a mark was played, or dropped after a clear."""

    event: Literal["mark"]
    mark: MarkDetails


class Stop(_OfStream):
    """The call is over."""

    event: Literal["stop"]


class Other(BaseModel):
    """An event of a later version of the protocol: it asks nothing of us."""

    event: str


Message = Connected | Start | Media | Dtmf | Mark | Stop

_MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="event")])
_UNKNOWN_EVENT = "union_tag_invalid"


def read(text: str) -> Message | Other:
    """Read one message; an event that is not known is one all the same.

    Raises:
        StreamError: it is no message of the protocol.
    """
    try:
        return _MESSAGE.validate_json(text)
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        if problem["type"] == _UNKNOWN_EVENT:
            return Other(event="unknown")
        raise StreamError(f"{'.'.join(map(str, problem['loc'])) or 'message'}: {problem['type']}") from None


def sound_of(media: MediaDetails) -> bytes:
    """The coded sound of a piece.

    Raises:
        StreamError: no base64, nothing, or too much.
    """
    try:
        sound = base64.b64decode(media.payload, validate=True)
    except (binascii.Error, ValueError):
        raise StreamError("media.payload: no base64") from None
    if not 0 < len(sound) <= LONGEST_PIECE:
        raise StreamError(f"media.payload: {len(sound)} bytes of sound")
    return sound


def media(stream: str, sound: bytes) -> str:
    """Sound to play."""
    payload = base64.b64encode(sound).decode("ascii")
    return json.dumps({"event": "media", "streamSid": stream, "media": {"payload": payload}})


def mark(stream: str, name: str) -> str:
    """A mark behind the sound sent so far."""
    return json.dumps({"event": "mark", "streamSid": stream, "mark": {"name": name}})


def clear(stream: str) -> str:
    """Drop what was not played yet."""
    return json.dumps({"event": "clear", "streamSid": stream})
