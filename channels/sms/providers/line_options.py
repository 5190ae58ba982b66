"""Options behind the ``?`` of a line's address (``?name=viettel&day=500``), for modems and operators' links. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from runtime.messages import Message

_NAME = re.compile(r"[a-z0-9]{1,20}")
MOST_A_DAY = 10_000_000
MOST_A_SECOND = 5_000.0


class WrongAddress(ValueError):
    """The address says something it cannot; the message holds no password and no PIN."""


def options_of(query: str, known: tuple[str, ...]) -> dict[str, str]:
    """The options by name; a plus stays a plus, as telephone numbers are written.

    Raises:
        WrongAddress: one is not among ``known``.
    """
    found: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        found[unquote(name)] = unquote(value)
    if unknown := sorted(found.keys() - set(known)):
        raise WrongAddress(
            Message("unknown: {options}; there are {known}", options=", ".join(unknown), known=", ".join(known))
        )
    return found


def name_of(options: Mapping[str, str]) -> str:
    """What the line is called among those of its provider; empty where it has no name."""
    name = options.get("name", "")
    if name and not _NAME.fullmatch(name):
        raise WrongAddress(Message("name is made of a to z and 0 to 9, 20 at most"))
    return name


def day_of(options: Mapping[str, str]) -> int | None:
    """Segments a day at most; None: as many as there are."""
    return number_of(options["day"], MOST_A_DAY, "day") if "day" in options else None


def per_second_of(options: Mapping[str, str], usual: float) -> float:
    """Messages a second at most."""
    try:
        found = float(options.get("per_second", usual))
    except ValueError:
        found = 0.0
    if not 0.0 < found <= MOST_A_SECOND:
        raise WrongAddress(Message("per_second is a number above 0, {most:.0f} at most", most=MOST_A_SECOND))
    return found


def number_of(text: str, most: int, what: str) -> int:
    """A whole number from 1 on.

    Raises:
        WrongAddress: it is none.
    """
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= most):
        raise WrongAddress(Message("{what} is a number from 1 to {most}", what=what, most=most))
    return int(text)


def refuse_twice(names: list[str]) -> None:
    """Two lines of one name would share a queue and a store.

    Raises:
        WrongAddress: there are two.
    """
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise WrongAddress(Message("the name {name} stands twice", name=twice[0]))
