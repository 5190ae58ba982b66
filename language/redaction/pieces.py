"""What is to be hidden in a text: from where to where, and what stands there instead."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from language.characters import fold


class Tag(Enum):
    """What stands in the text in place of a hidden piece."""

    IDENTITY = "[số định danh]"
    PHONE = "[số điện thoại]"
    DOSSIER = "[mã hồ sơ]"
    PLATE = "[biển số]"
    NAME = "[tên]"
    BIRTH_DATE = "[ngày sinh]"
    EMAIL = "[email]"
    ADDRESS = "[địa chỉ]"
    DIGITS = "[dãy số]"


class Piece(NamedTuple):
    """A part of a text that is to be hidden."""

    start: int
    end: int
    tag: Tag


def folded(text: str) -> str:
    """A text without case and diacritics in which every letter stands where it stood."""
    whole = fold(text)
    if len(whole) == len(text):
        return whole
    # "İ" becomes two letters in lower case.
    return "".join(one if len(one) == 1 else sign for sign in text for one in (fold(sign),))
