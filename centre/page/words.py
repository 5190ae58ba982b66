"""What the pages say to officers: room ``centre`` of the wording store."""

from __future__ import annotations

from collections.abc import Callable

from contract.wording import wording_of
from language import data

Say = Callable[..., str]
"""Gives a text of the room by its key, its marks filled in."""


def language() -> str:
    """The language of the pages: the installation's."""
    return wording_of(data.folder()).languages.default


def say(key: str, **values: object) -> str:
    """One text with its marks filled in."""
    return wording_of(data.folder()).room("centre").text(language(), key, **values)


def to_citizen(tag: str, key: str, **values: object) -> str:
    """A text officers send to citizens: room ``replies``, in the citizen's language."""
    return wording_of(data.folder()).room("replies").text(tag, key, **values)
