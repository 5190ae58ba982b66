"""How many segments a text message takes: GSM 7-bit or UCS-2, alone or in parts.

Source: 3GPP TS 23.038 (alphabets) and TS 23.040 (concatenation). A message of one segment holds 160 septets
or 70 UTF-16 units; in a message of several parts each part gives six bytes away to the header that joins
them, which leaves 153 septets or 67 units. Neither an escaped sign nor a surrogate pair is split between two
parts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from language.gsm7 import GSM7_BASIC, GSM7_EXTENSION

_SIGNS = frozenset(GSM7_BASIC + GSM7_EXTENSION)
_ESCAPED = frozenset(GSM7_EXTENSION)


class Encoding(StrEnum):
    """What a message is sent in. One sign outside GSM-7 turns the whole message into UCS-2."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class Size:
    """What a message costs."""

    encoding: Encoding
    units: int
    """Septets (GSM-7) or UTF-16 code units (UCS-2)."""
    segments: int


_ALONE = {Encoding.GSM7: 160, Encoding.UCS2: 70}
_JOINED = {Encoding.GSM7: 153, Encoding.UCS2: 67}


def is_gsm7(text: str) -> bool:
    """Whether every sign of the text is in the GSM 7-bit alphabet or its extension."""
    return _SIGNS.issuperset(text)


def size(text: str) -> Size:
    """Encoding, length and number of segments of a message; an empty one takes one segment."""
    encoding = Encoding.GSM7 if is_gsm7(text) else Encoding.UCS2
    doubles = sum(_is_double(sign, encoding) for sign in set(text))
    units = len(text) + (sum(_is_double(sign, encoding) for sign in text) if doubles else 0)
    if units <= _ALONE[encoding]:
        return Size(encoding, units, 1)
    if not doubles:
        return Size(encoding, units, math.ceil(units / _JOINED[encoding]))
    segments, used = 1, 0
    for sign in text:
        width = 2 if _is_double(sign, encoding) else 1
        if used + width > _JOINED[encoding]:
            segments, used = segments + 1, 0
        used += width
    return Size(encoding, units, segments)


def _is_double(sign: str, encoding: Encoding) -> bool:
    """Whether a sign takes two units: escaped in GSM-7, a surrogate pair in UCS-2."""
    return sign in _ESCAPED if encoding is Encoding.GSM7 else sign > "\uffff"
