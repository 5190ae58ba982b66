"""Recognises dates of the lunar calendar, which older people in the countryside give for births and deaths.

Nothing is converted: the same words can mean either calendar, so the assistant asks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from language.normalise import fold, normalise

_NUMBER = (
    r"(?:\d{1,2}|mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi(?: (?:mot|hai|ba|bon|lam|nam|sau|bay|tam|chin))?"
    r"|hai muoi|hai (?:mot|hai|ba|bon|lam|sau|bay|tam|chin)|ba muoi)"
)
_LUNAR_MONTH = r"(?:gieng|chap)"
_SHAPES = tuple(
    re.compile(rf"(?<!\S){shape}(?!\S)")
    for shape in (
        # First ten days are "mùng" in the lunar calendar; with a plain month the solar one is as likely.
        rf"(?:ngay )?(?:mung|mong) {_NUMBER} (?:tet|thang {_LUNAR_MONTH}|thang {_NUMBER} (?:am|am lich|ta))",
        rf"(?:ngay )?(?:mung|mong) {_NUMBER} tet",
        rf"(?:ngay )?(?:ram|hom ram) thang (?:{_LUNAR_MONTH}|{_NUMBER})",
        rf"(?:ngay )?(?:{_NUMBER} )?thang {_LUNAR_MONTH}",
        r"(?:ngay )?(?:ba muoi|30|hai chin|29) tet",
        rf"(?:ngay )?{_NUMBER} thang {_NUMBER} (?:am lich|am|ta|nham)",
        rf"(?:ngay )?{_NUMBER}[/ ]{_NUMBER} (?:am lich|am)",
        r"(?:hom|ngay) ram",
        r"am lich",
    )
)


@dataclass(frozen=True, slots=True)
class LunarDate:
    """A date that is, or may be, of the lunar calendar."""

    said: str
    """As the normalised message has it, with its diacritics."""


def find_lunar_date(text: str) -> LunarDate | None:
    """The first lunar date in a message, or None.

    "ngày mốt" (the day after tomorrow) and months with plain numbers are no lunar dates.
    """
    said = normalise(text)
    folded = fold(said)
    for shape in _SHAPES:
        found = shape.search(folded)
        if found:
            place = slice(found.start(), found.end())
            words = said[place] if len(said) == len(folded) else found.group()
            return LunarDate(words.removeprefix("ngày ").removeprefix("ngay "))
    return None
