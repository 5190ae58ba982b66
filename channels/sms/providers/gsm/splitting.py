"""A text cut into the parts a modem sends. Source: 3GPP TS 23.040 (concatenation), 23.038 (alphabets)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from channels.rendering.segments import Encoding, size
from language.gsm7 import GSM7_EXTENSION

_JOINED = {Encoding.GSM7: 153, Encoding.UCS2: 67}
_CODING = {Encoding.GSM7: "Default_No_Compression", Encoding.UCS2: "Unicode_No_Compression"}
MOST_PARTS = 255


@dataclass(frozen=True, slots=True)
class Part:
    """One part as smsd's tables want it."""

    text: str
    """Hexadecimal UTF-16, whatever it is sent in."""
    coding: str
    header: str
    """Hexadecimal user data header; empty for a message of one part."""


def split(text: str, concatenation: int) -> tuple[Part, ...]:
    """The parts of a message.

    Args:
        text: what the citizen shall read.
        concatenation: what its parts share; only the lowest eight bits count.

    Raises:
        ValueError: more parts than a message can have.
    """
    measured = size(text)
    coding = _CODING[measured.encoding]
    if measured.segments == 1:
        return (Part(_hexadecimal(text), coding, ""),)
    if measured.segments > MOST_PARTS:
        raise ValueError(f"{measured.segments} parts; a message has at most {MOST_PARTS}")
    return tuple(
        Part(_hexadecimal(piece), coding, f"050003{concatenation % 256:02X}{measured.segments:02X}{number:02X}")
        for number, piece in enumerate(_pieces(text, measured.encoding), 1)
    )


def _pieces(text: str, encoding: Encoding) -> Iterator[str]:
    start, used = 0, 0
    for place, sign in enumerate(text):
        # Neither an escaped sign nor a surrogate pair is torn apart.
        width = 2 if (sign in GSM7_EXTENSION if encoding is Encoding.GSM7 else sign > "\uffff") else 1
        if used + width > _JOINED[encoding]:
            yield text[start:place]
            start, used = place, 0
        used += width
    yield text[start:]


def _hexadecimal(text: str) -> str:
    return text.encode("utf-16-be", "surrogatepass").hex().upper()
