"""What a provider does next, read from the TwiML a voice webhook answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from xml.etree import ElementTree

_SEQUENCE: Final = re.compile(r"(?:^|&)n=(\d{1,6})(?:&|$)")


@dataclass(frozen=True, slots=True)
class Connect:
    """Carry the call's sound to a media stream."""

    path: str
    """Of the WebSocket. Its host is left out: a page may know the gateway by another name."""
    parameters: Mapping[str, str]
    """For the stream's first message."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Play something and wait for keys or words."""


@dataclass(frozen=True, slots=True)
class Dial:
    """Connect the caller with a person."""

    number: str
    sequence: int
    """Of the move, to be sent back with how it ended."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """The call is over."""


Instruction = Connect | Listen | Dial | HangUp


def read(document: bytes) -> Instruction:
    """The first thing in a document that decides how a call goes on; what is only said comes before it.

    Raises:
        xml.etree.ElementTree.ParseError: the document is no XML.
    """
    for verb in ElementTree.fromstring(document):
        match verb.tag:
            case "Connect":
                stream = verb.find("Stream")
                if stream is not None:
                    return Connect(urlsplit(stream.get("url", "")).path, _parameters(stream))
            case "Gather":
                return Listen()
            case "Dial":
                found = _SEQUENCE.search(urlsplit(verb.get("action", "")).query)
                return Dial("".join(verb.itertext()).strip(), int(found[1]) if found else 0)
            case "Hangup":
                return HangUp()
    return HangUp()


def _parameters(stream: ElementTree.Element) -> dict[str, str]:
    return {entry.get("name", ""): entry.get("value", "") for entry in stream.findall("Parameter")}
