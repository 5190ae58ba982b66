"""What the pages say to officers: room ``centre`` of the wording store."""

from __future__ import annotations

from collections.abc import Callable

from flask import g, has_request_context

from contract.wording import Wording, wording_of
from language import data

Say = Callable[..., str]
"""Gives a text of the room by its key, its marks filled in."""


def language() -> str:
    """The language of the pages: the installation's."""
    return wording_of(data.folder()).languages.default


def say(key: str, **values: object) -> str:
    """One text with its marks filled in."""
    words, tag = _words()
    return words.text(tag, key, **values)


def tell(key: str, **values: object) -> str:
    """One text about exchanged cases or the one-stop desk: room ``exchange``."""
    return wording_of(data.folder()).room("exchange").text(language(), key, **values)


def _words() -> tuple[Wording, str]:
    """The room and the language of the pages; looked up once a request, since a page says hundreds of texts."""
    if not has_request_context():
        return wording_of(data.folder()).room("centre"), language()
    if "centre_words" not in g:
        g.centre_words = (wording_of(data.folder()).room("centre"), language())
    found: tuple[Wording, str] = g.centre_words
    return found


def to_citizen(tag: str, key: str, **values: object) -> str:
    """A text officers send to citizens: room ``replies``, in the citizen's language."""
    return wording_of(data.folder()).room("replies").text(tag, key, **values)
