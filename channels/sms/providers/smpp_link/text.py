"""Letters to octets and back, and long messages in parts. Pure.

Source: 3GPP TS 23.038 (alphabets), 23.040 (9.2.3.24, headers that join parts), SMPP 3.4, 5.2.19 (data_coding).
"""

from __future__ import annotations

from dataclasses import dataclass

from channels.rendering.segments import Encoding, size
from language.gsm7 import GSM7_BASIC, GSM7_EXTENSION

DEFAULT, ASCII, LATIN1, UCS2 = 0x00, 0x01, 0x03, 0x08
HEADER = 0x40
"""Of ``esm_class``: the text begins with a user data header."""
_ESCAPE = 0x1B
_BASIC = GSM7_BASIC[:27] + "\x1b" + GSM7_BASIC[27:]
"""By position; the escape, which is no sign, stands at 27."""
_EXTENDED = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_CODES = {sign: bytes([code]) for code, sign in enumerate(_BASIC) if code != _ESCAPE}
_CODES |= {sign: bytes([_ESCAPE, code]) for code, sign in _EXTENDED.items()}
assert set(_EXTENDED.values()) == set(GSM7_EXTENSION)

_ALONE = {Encoding.GSM7: 160, Encoding.UCS2: 140}
_JOINED = {Encoding.GSM7: 153, Encoding.UCS2: 134}
"""Octets of a part: septets travel one an octet."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one PDU carries."""

    data_coding: int
    octets: bytes
    has_header: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a received part belongs."""

    reference: int
    total: int
    number: int


def parts_of(text: str, reference: int) -> list[Part]:
    """A message in as many parts as it needs; no sign is split between two.

    Args:
        text: as it is sent.
        reference: joins the parts at the telephone; 0 to 255.
    """
    encoding = size(text).encoding
    coding = DEFAULT if encoding is Encoding.GSM7 else UCS2
    signs = [_CODES[sign] if encoding is Encoding.GSM7 else sign.encode("utf-16-be") for sign in text]
    if sum(map(len, signs)) <= _ALONE[encoding]:
        return [Part(coding, b"".join(signs), has_header=False)]
    bodies: list[bytearray] = [bytearray()]
    for octets in signs:
        if len(bodies[-1]) + len(octets) > _JOINED[encoding]:
            bodies.append(bytearray())
        bodies[-1] += octets
    return [
        Part(coding, bytes([5, 0, 3, reference, len(bodies), number]) + bytes(body), has_header=True)
        for number, body in enumerate(bodies, start=1)
    ]


def split_header(octets: bytes) -> tuple[Place | None, bytes]:
    """Take the user data header off; the place of the part, where it says one."""
    if not octets or octets[0] + 1 > len(octets):
        return None, octets
    header, rest = octets[1 : octets[0] + 1], octets[octets[0] + 1 :]
    place = None
    while len(header) >= 2:
        kind, length = header[0], header[1]
        value = header[2 : 2 + length]
        if kind == 0x00 and length == 3:
            place = _place(value[0], value[1], value[2])
        elif kind == 0x08 and length == 4:
            place = _place(int.from_bytes(value[:2], "big"), value[2], value[3])
        header = header[2 + length :]
    return place, rest


def place_of(reference: int | None, total: int | None, number: int | None) -> Place | None:
    """The place by the TLVs ``sar_…``."""
    if reference is None or total is None or number is None:
        return None
    return _place(reference, total, number)


def decoded(octets: bytes, data_coding: int) -> str | None:
    """The letters; None for octets that are no text."""
    match data_coding & 0x0F if data_coding < 0xF0 else DEFAULT:
        case 0x00:
            return _from_gsm7(octets)
        case 0x01:
            return octets.decode("ascii", "replace")
        case 0x03:
            return octets.decode("latin-1")
        case 0x08:
            return octets.decode("utf-16-be", "replace")
        case _:
            return None


def _place(reference: int, total: int, number: int) -> Place | None:
    return Place(reference, total, number) if total > 1 and 1 <= number <= total else None


def _from_gsm7(octets: bytes) -> str:
    signs: list[str] = []
    escaped = False
    for code in octets:
        if escaped:
            # An unknown extension is shown as its basic sign: 23.038, 6.2.1.
            signs.append(_EXTENDED.get(code, _BASIC[code] if code < 128 else "?"))
            escaped = False
        elif code == _ESCAPE:
            escaped = True
        else:
            signs.append(_BASIC[code] if code < 128 else "?")
    return "".join(signs)
