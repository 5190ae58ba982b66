"""Which commune a place told in words lies in: names of today and of before July 2025, with or without diacritics."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from language import data
from language.characters import fold, lowered
from language.communes.register import ROOM, Commune, Former, called, communes, nearest, plain_name

_LONGEST: Final = 6
"""Words of a commune's name beside what it is."""


@dataclass(frozen=True, slots=True)
class Place:
    """A commune somebody named."""

    name: str
    """As the register spells it."""
    communes: tuple[Commune, ...]
    """Today's communes it may be in."""
    is_split: bool
    """Whether what was named is one former commune that lies in several now: its hamlet tells in which."""


def named(text: str, province: str = "") -> Place | None:
    """The first commune a text names; None where it names none of the province.

    Args:
        text: what was said, as it was said.
        province: two digits; empty: the whole country, and a name that several provinces have tells nothing.
    """
    words = plain_name(text).split()
    for start in range(len(words)):
        for kind, length in _kind_at(words, start):
            for more in range(min(_LONGEST, len(words) - start - length), 0, -1):
                name = f"{kind} {' '.join(words[start + length : start + length + more])}"
                if found := _chosen(called(name), text, province):
                    return found
    return None


def commune_at(
    words: str, province: str = "", position: tuple[float, float] | None = None, more: str = ""
) -> str | None:
    """Code of the one commune a place lies in; None where that is not sure.

    Args:
        words: where, in words: they win over the position, which a telephone may have got wrong.
        province: two digits, or empty.
        position: latitude and longitude in degrees.
        more: what was said beside it, and may name the commune when the words do not.
    """
    place = named(words, province) or named(more, province)
    if place is not None and len(place.communes) == 1:
        return place.communes[0].code
    by_point = nearest(*position) if position is not None else None
    if by_point is None or (place is not None and by_point not in place.communes):
        return None
    return by_point.code


def has_hamlet(text: str) -> bool:
    """Whether a place is told more closely than by its commune."""
    told = " ".join(re.findall(r"\w+", lowered(text)))
    # "bạn" is no "bản" where somebody writes their marks.
    plain = fold(told)
    return any(f" {word if told != plain else fold(word)} " in f" {told} " for word in _hamlets())


def _chosen(every: tuple[Commune | Former, ...], text: str, province: str) -> Place | None:
    here = [one for one in every if not province or _province(one) == province]
    spelt = [one for one in here if lowered(one.name) in lowered(text)]
    here = spelt or here
    if today := [one for one in here if isinstance(one, Commune)]:
        return Place(today[0].name, tuple(today), is_split=False) if len(today) == 1 else None
    before = [one for one in here if isinstance(one, Former)]
    plain = f" {plain_name(text)} "
    told = [one for one in before if f" {plain_name(one.district).split(' ', 1)[-1]} " in plain.replace(" huyen ", " ")]
    before = told or before
    if not before or (not province and len({_province(one) for one in before}) > 1):
        return None
    codes = dict.fromkeys(code for one in before for code in one.became)
    return Place(
        before[0].name, tuple(communes()[code] for code in codes), is_split=len(before) == 1 and len(codes) > 1
    )


def _province(one: Commune | Former) -> str:
    return one.province if isinstance(one, Commune) else communes()[one.became[0]].province


def _kind_at(words: list[str], start: int) -> list[tuple[str, int]]:
    """What a commune may be called from a word on, and how many words say so."""
    return [
        (kind, len(parts))
        for kind, ways in _kinds().items()
        for way in ways
        if words[start : start + len(parts := way.split())] == parts
    ]


@data.cached()
def _kinds() -> Mapping[str, tuple[str, ...]]:
    return {kind: tuple(ways) for kind, ways in data.load("source", ROOM)["types"].items()}


@data.cached()
def _hamlets() -> tuple[str, ...]:
    return tuple(lowered(word) for word in data.load("source", ROOM)["hamlets"])
