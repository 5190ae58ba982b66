"""Room ``catalogue`` of the wording store: what those who keep the procedures read, and what open facts say.

What is wrong with a file is found when the file is read and told later, perhaps to somebody else: a :class:`Remark` is
put into words when it is told, in the language of whoever reads it (:func:`read_in`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from contract.wording import Wording, wording_of
from language import data

_MOST_AT_ONCE: Final = 3

_language: ContextVar[str | None] = ContextVar("catalogue_language", default=None)


@contextmanager
def read_in(language: str) -> Iterator[None]:
    """Inside the block remarks are told in ``language``; outside, in the installation's first one."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def say(key: str, **values: object) -> str:
    """A text in the language of whoever reads, its marks filled in."""
    words = _words()
    return words.text(_language.get() or words.default, key, **values)


def fact(key: str, **values: object) -> str:
    """What a record says where its publisher left a fact open: in the language records are written in."""
    words = _words()
    return words.text(words.default, key, **values)


OPEN_FACTS: Final = ("fee_unknown", "foreign_fee", "unit_unknown", "remote_communes", "fee_changed", "time_changed")
"""Keys of facts that stand in records as they are worded here, so that a language can tell them, too."""


def open_facts(language: str) -> dict[str, str]:
    """Those facts in another language, by the line that stands in records."""
    words = _words()
    return {words.text(words.default, key): words.text(language, key) for key in OPEN_FACTS}


@dataclass(frozen=True)
class Remark:
    """Something about a file or a record, put into words when it is told.

    Args:
        key: of the text.
        values: of its marks; remarks among them are told in the same language.
    """

    key: str
    values: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return say(self.key, **{name: str(value) for name, value in self.values})


@dataclass(frozen=True)
class Mistakes:
    """The first mistakes of a record, each with the field it stands in, and how many more there are."""

    first: tuple[tuple[str, Remark], ...]
    more: int = 0

    def __str__(self) -> str:
        told = [f"{field or say('whole_record')}: {mistake}" for field, mistake in self.first]
        return "; ".join([*told, *([say("and_more_mistakes", count=self.more)] if self.more else [])])


Reason = Remark | Mistakes
"""Why a record or a file is left out."""


def remark(key: str, **values: object) -> Remark:
    """A remark with its values."""
    return Remark(key, tuple(values.items()))


_RULES: Final[Mapping[str, str]] = {
    "must not be empty": "rule_empty",
    "value and unit belong together; leave both out when the unit is not known": "rule_unit_without_value",
    "most must be greater than value": "rule_most_below_value",
    "most must be greater than least": "rule_most_below_least",
    "an amount has no bounds beside it": "rule_amount_with_bounds",
}
"""Texts by what :mod:`catalogue.record` raises."""


def mistakes_of(error: ValidationError) -> list[ErrorDetails]:
    """What is wrong with a record; a list is not called empty because what stands in it is wrong."""
    every = error.errors(include_url=False)
    inside = {mistake["loc"][:-1] for mistake in every}
    return [mistake for mistake in every if mistake["type"] != "too_short" or mistake["loc"] not in inside]


def describe(mistake: ErrorDetails) -> Remark:
    """One mistake, without the place where it stands."""
    context = dict(mistake.get("ctx", {}))
    raised = str(context.get("error", mistake["msg"]))
    if mistake["type"] == "value_error" and raised in _RULES:
        return Remark(_RULES[raised])
    if "expected" in context:
        context["expected"] = str(context["expected"]).replace(" or ", ", ")
    key = f"mistake_{mistake['type']}"
    return remark(key, **context) if key in _words().keys else remark("mistake_other", message=raised)


def describe_all(error: ValidationError) -> Mistakes:
    """The first mistakes of a record, each with the field it stands in."""
    found = mistakes_of(error)
    first = tuple((place(mistake["loc"]), describe(mistake)) for mistake in found[:_MOST_AT_ONCE])
    return Mistakes(first, len(found) - len(first))


def place(path: tuple[str | int, ...]) -> str:
    """A field as a reader would point at it: ``papers[2].name``, counted from 1; empty for the whole record."""
    told = ""
    for part in path:
        told += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return told.lstrip(".")


def placed(file: str, line: int, *, field: str = "", code: str = "") -> str:
    """Where something stands: file, line (0: the whole file), field, code."""
    where = say("in_line", file=file, line=line) if line else file
    where = say("in_field", where=where, field=field) if field else where
    return say("of_code", where=where, code=code) if code else where


NO_CODE = Remark("no_code")
BAD_JSON = Remark("bad_json")
BAD_ENCODING = Remark("bad_encoding")
TOO_LONG = Remark("too_long")
CUT_OFF = Remark("cut_off")
NOT_RECORDS = Remark("not_records")
UNKNOWN_SHAPE = Remark("unknown_shape")
NOT_AN_OBJECT = Remark("not_an_object")
EMPTY_FOLDER = Remark("empty_folder")
NO_DATE = Remark("no_date")
"""Reasons for which a record or a file is left out of an import."""

NOT_YAML = Remark("not_yaml")
EMPTY_FILE = Remark("empty_file")
NOT_A_GROUP = Remark("not_a_group")
DUPLICATE_KEY = Remark("duplicate_key")
LAST_GOOD_ANSWERS = Remark("last_good_answers")
"""Mistakes in a hand-written file."""


def _words() -> Wording:
    return wording_of(data.folder()).room("catalogue")
