"""What an operator reads, in the language of the command line: the way of gettext, with the wording store's files.

A message is English where it arises: a template, and the values of its marks kept apart from it. It is a ``str``, so
logs and programs read it in English; only the shell that prints it for a person puts it into ``MOTCUA_CLI_LANGUAGE``.
Translations stand in ``nlu_data/wording/<language>/operators/*.yml``, by the English template; what has none there is
said in English. ``python -m docs.operator_texts LANGUAGE`` lists what a language lacks.

* :func:`tr` says something now (gettext's ``_``): what a command prints.
* :class:`Message` says it later (``lazy_gettext``): what an error carries up from a room that does not know who reads.
* :func:`translated` puts what was carried up into words.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

VARIABLE: Final = "MOTCUA_CLI_LANGUAGE"
"""Read by itself: a wrong setting is told, and help given, before there are settings."""
FOLDER: Final = "operators"
"""In a language's folder of the wording store."""


class Message(str):
    """A sentence for an operator: English as a text, and put into other languages by its template.

    Args:
        template: English, with marks in braces where there are fields; without fields braces stand for themselves.
        fields: values of the marks; messages and errors among them are said in the same language.
    """

    __slots__ = ("fields", "template")

    template: str
    fields: Mapping[str, object]

    def __new__(cls, template: str = "", /, **fields: object) -> Message:
        if isinstance(template, Message) and not fields:
            return template
        self = super().__new__(cls, template.format(**fields) if fields else template)
        self.template = str.__str__(template)
        self.fields = fields
        return self

    def __str__(self) -> str:
        # So that str() of an error that carries a message is still the message.
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.template, dict(self.fields))

    def said_with(self, texts: Mapping[str, str]) -> str:
        """The sentence with another language's templates."""
        template = texts.get(self.template, self.template)
        if not self.fields:
            return template
        return template.format(**{name: _said(value, texts) for name, value in self.fields.items()})


def joined(separator: str, parts: Iterable[object]) -> Message:
    """Several messages as one, each said in whatever language the whole is said in."""
    fields = {f"part{number}": part for number, part in enumerate(parts)}
    return Message(separator.join(f"{{{name}}}" for name in fields), **fields)


def reason_of(error: OSError) -> Message:
    """Why the operating system refused, in its own words ("Permission denied"), which are translated, too."""
    return Message(error.strerror or type(error).__name__)


def tr(template: str, /, **fields: object) -> str:
    """A sentence in the language of the command line.

    Args:
        template: English, as for :class:`Message`.
        fields: values of its marks.
    """
    return translated(Message(template, **fields))


def translated(told: object) -> str:
    """A message, or an error that carries one, in the language of the command line; all else as it is."""
    return _said_text(told, texts_of(os.environ.get(VARIABLE, "")))


def texts_of(language: str) -> Mapping[str, str]:
    """Translations by English template, of the data being served and of the project's; none for an unknown language."""
    if not language:
        return {}
    # Late: most processes never say anything to anybody.
    from language import data

    return _read(language, (data.PROJECT, str(data.folder())))


@lru_cache
def _read(language: str, folders: tuple[str, ...]) -> Mapping[str, str]:
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    found: dict[str, str] = {}
    for folder in dict.fromkeys(folders):
        for path in sorted((Path(folder) / "wording" / language / FOLDER).glob("*.yml")):
            found.update(yaml.load(path.read_text(encoding="utf-8"), loader) or {})
    return found


def _said_text(told: object, texts: Mapping[str, str]) -> str:
    said = _said(told, texts)
    return said if isinstance(said, str) else str(said)


def _said(value: object, texts: Mapping[str, str]) -> object:
    """Values keep their type, for the formats of their marks."""
    carried = str(value) if isinstance(value, BaseException) else value
    return carried.said_with(texts) if isinstance(carried, Message) else carried


def _rebuilt(template: str, fields: dict[str, object]) -> Message:
    return Message(template, **fields)
