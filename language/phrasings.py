"""How people put what a rule of the program waits for: named lists of ``nlu_data/phrasings.yml``.

A rule says what follows from a phrasing, the list says how it sounds: "sao … lâu", "trễ hẹn", "why". An entry is a
regular expression over folded words, written with diacritics; in it "_" stands for any word, "…3" for up to three of
them, "{name}" for another list, and parentheses only hold alternatives together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from language import data
from language.characters import fold

_ANY_WORD = re.compile(r"(?<!\w)_(?!\w)")
_GAP = re.compile(r"( ?)…(\d) ?")
_OTHER_LIST = re.compile(r"\{(\w+)\}")
_GROUP = re.compile(r"\((?!\?)")


@data.cached()
def phrasing(name: str) -> re.Pattern[str]:
    """Finds a phrasing anywhere in a folded message, at the borders of words.

    Raises KeyError when there is no such list.
    """
    return re.compile(rf"(?<!\S)(?:{either(name)})(?!\S)")


@data.cached()
def either(name: str) -> str:
    """The alternatives of a list as one expression, for a shape that is built around them.

    Raises KeyError when there is no such list, and ValueError when one is part of itself.
    """
    return _either(name, ())


@data.cached()
def words(name: str) -> frozenset[str]:
    """The folded words of a list of single words.

    Raises KeyError when there is no such list.
    """
    return folded_words(_entries(name))


def folded_words(entries: Iterable[str]) -> frozenset[str]:
    """The single words of entries, folded."""
    return frozenset(fold(word) for entry in entries for word in entry.split())


def _either(name: str, inside: tuple[str, ...]) -> str:
    if name in inside:
        raise ValueError(f"phrasings.yml: {name} is part of itself")
    return "|".join(_expression(entry, (*inside, name)) for entry in _entries(name))


def _expression(entry: str, inside: tuple[str, ...]) -> str:
    folded = _ANY_WORD.sub(r"\\S+", _GROUP.sub("(?:", fold(entry)))
    gaps = _GAP.sub(lambda found: rf"{found[1]}(?:\S+ ){{0,{found[2]}}}?", folded)
    return _OTHER_LIST.sub(lambda found: f"(?:{_either(found[1], inside)})", gaps)


def _entries(name: str) -> Sequence[str]:
    lists: dict[str, Any] = data.load("phrasings", room="")
    return list(lists[name])
