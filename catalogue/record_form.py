"""A record as a form: every field of :class:`catalogue.record.Procedure` an input by its path, made from the model.

``submissions.0.fees.1.amount`` is the amount of the second fee of the first way. A list shows an empty item at its end,
so that something can be added without a script, and an item whose inputs are all empty is left out. What is typed is
read as people write it ("8.000", "1,5") and then checked by the model, whose mistakes name the same paths.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel

from catalogue.record import Procedure

NOT_ASKED: Final = frozenset({"code", "origin", "province"})
"""Fields the form does not ask for: its page knows them."""
LINES_FOR: Final = ("text", "note", "summary", "where", "result", "what", "who")
"""Single lines long enough to be typed in a field of several rows."""
_THOUSANDS = re.compile(r"\d{1,3}(?:[. ]\d{3})+")


class Kind(StrEnum):
    """How an input is shown."""

    LINE = "line"
    AREA = "area"
    """One line of data that is long."""
    LINES = "lines"
    """Several, one a row."""
    NUMBER = "number"
    DATE = "date"
    TICK = "tick"
    CHOICE = "choice"
    CHOICES = "choices"


@dataclass(frozen=True, slots=True)
class Input:
    """One input."""

    path: str
    name: str
    kind: Kind
    value: str
    choices: tuple[str, ...] = ()

    @property
    def chosen(self) -> frozenset[str]:
        """Of several choices, those that are ticked."""
        return frozenset(self.value.split("\n"))


@dataclass(frozen=True, slots=True)
class Group:
    """Inputs that belong together: one item of a list, or a part of the record."""

    path: str
    name: str
    number: int | None
    """Which of a list, from 1; None where there is only one."""
    inputs: tuple[Input, ...]
    groups: tuple[Group, ...]
    is_empty: bool

    @property
    def gist(self) -> str:
        """Its values in a few words, to be found again while it is folded up."""
        told = [one.value.split("\n")[0] for one in self.inputs if one.value and one.kind is not Kind.TICK]
        told += [inner.gist for inner in self.groups[:1]]
        return " · ".join(filter(None, told))[:90]


def form_of(values: Mapping[str, Any]) -> Group:
    """The form for a record, or for what somebody typed.

    Args:
        values: of :meth:`Procedure.to_json`, or of :func:`typed`.
    """
    return _group(Procedure, values, "", "", None)


def typed(form: Mapping[str, list[str]]) -> dict[str, Any]:
    """What was typed into a form, as :meth:`Procedure.model_validate` takes it; without the fields not asked for."""
    return _typed(Procedure, form, "")


def _group(model: type[BaseModel], values: Mapping[str, Any], path: str, name: str, number: int | None) -> Group:
    inputs: list[Input] = []
    groups: list[Group] = []
    for field, kind, inner in _fields(model):
        if not path and field in NOT_ASKED:
            continue
        place, value = f"{path}{field}", values.get(field)
        if inner is None or kind is not None:
            inputs.append(_input(model, field, kind or Kind.LINE, inner, place, value))
        elif _is_list(model, field):
            items = [item for item in value or () if isinstance(item, Mapping)]
            for index, item in enumerate([*items, {}]):
                groups.append(_group(inner, item, f"{place}.{index}.", field, index + 1))
        else:
            groups.append(_group(inner, value or {}, f"{place}.", field, None))
    is_empty = not any(_has_value(value) for value in values.values())
    return Group(path, name, number, tuple(inputs), tuple(groups), is_empty)


def _has_value(value: object) -> bool:
    return value not in (None, "", [], {}, ())


def _input(model: type[BaseModel], field: str, kind: Kind, inner: Any, path: str, value: Any) -> Input:
    if kind is Kind.TICK:
        ticked = model.model_fields[field].default if value is None else value
        return Input(path, field, kind, "yes" if ticked in (True, "yes", "true") else "")
    choices = tuple(str(one.value) for one in inner) if kind in (Kind.CHOICE, Kind.CHOICES) else ()
    if kind is Kind.CHOICES and value:
        # In the order the record has them: a form that is sent as it came changes nothing.
        choices = tuple(dict.fromkeys([*(one for one in value if one in choices), *choices]))
    if isinstance(value, (list, tuple)):
        return Input(path, field, kind, "\n".join(map(str, value)), choices)
    if kind is Kind.NUMBER and isinstance(value, float):
        value = f"{value:g}"
    return Input(path, field, kind, "" if value is None else str(value), choices)


def _typed(model: type[BaseModel], form: Mapping[str, list[str]], path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, kind, inner in _fields(model):
        if not path and field in NOT_ASKED:
            continue
        place = f"{path}{field}"
        if inner is None or kind is not None:
            value = _value(form.get(place, []), kind or Kind.LINE)
        elif _is_list(model, field):
            items = (_typed(inner, form, f"{place}.{index}.") for index in _indexes(form, place))
            value = [item for item in items if not _is_blank(inner, item)]
        else:
            value = _typed(inner, form, f"{place}.")
            value = None if _is_blank(inner, value) else value
        if _has_value(value):
            found[field] = value
    return found


def _value(given: list[str], kind: Kind) -> Any:
    if kind is Kind.TICK:
        return bool(given)
    if kind is Kind.CHOICES:
        return [one for one in given if one]
    text = given[0] if given else ""
    if kind is Kind.LINES:
        return [line for part in text.splitlines() if (line := part.strip())]
    text = text.strip()
    if kind is Kind.NUMBER:
        if _THOUSANDS.fullmatch(text):
            # Read as it stands, "8.000" would be eight.
            return re.sub(r"[. ]", "", text)
        return text.replace(",", ".")
    return text


def _is_blank(model: type[BaseModel], item: Mapping[str, Any]) -> bool:
    """Whether nothing was typed: ticks alone say nothing, and neither does the way an empty item names itself."""
    ticks = {field for field, kind, _ in _fields(model) if kind is Kind.TICK}
    return not (set(item) - ticks)


def _indexes(form: Mapping[str, list[str]], place: str) -> list[int]:
    pattern = re.compile(rf"{re.escape(place)}\.(\d{{1,4}})\.")
    return sorted({int(found[1]) for key in form if (found := pattern.match(key))})


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, Kind | None, Any]]:
    """Each field: how it is shown (None: as a group), and the enumeration or model in it."""
    for name, info in model.model_fields.items():
        yield name, *_kind_of(name, info.annotation)


def _kind_of(name: str, annotation: Any) -> tuple[Kind | None, Any]:
    bare = _bare(annotation)
    if get_origin(bare) is tuple:
        inner = _bare(get_args(bare)[0])
        if _is_a(inner, BaseModel):
            return None, inner
        return (Kind.CHOICES, inner) if _is_a(inner, Enum) else (Kind.LINES, None)
    if _is_a(bare, BaseModel):
        return None, bare
    if _is_a(bare, Enum):
        return Kind.CHOICE, bare
    kinds: dict[Any, Kind] = {bool: Kind.TICK, int: Kind.NUMBER, float: Kind.NUMBER, date: Kind.DATE}
    return kinds.get(bare, Kind.AREA if name in LINES_FOR else Kind.LINE), None


def _is_list(model: type[BaseModel], field: str) -> bool:
    return get_origin(_bare(model.model_fields[field].annotation)) is tuple


def _bare(annotation: Any) -> Any:
    """Without ``Annotated`` and ``| None``."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return _bare(next(one for one in get_args(annotation) if one is not type(None)))
    return annotation


def _is_a(found: Any, kind: type) -> bool:
    return isinstance(found, type) and issubclass(found, kind)
