"""Two records line by line: what a newer one takes away and what it adds, each with the place it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from catalogue.record import Procedure


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One value of a record."""

    names: tuple[str, ...]
    """The fields that lead to it, the outermost first."""
    value: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A line that is only in one of two records."""

    line: RecordLine
    added: bool


def changed_lines(before: Procedure | None, after: Procedure) -> tuple[Changed, ...]:
    """What differs, in the order of the record; of what was replaced the old comes before the new."""
    old = list(_lines(before.to_json())) if before is not None else []
    new = list(_lines(after.to_json()))
    changed: list[Changed] = []
    for kind, first, last, start, end in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind != "equal":
            changed += [Changed(line, added=False) for line in old[first:last]]
            changed += [Changed(line, added=True) for line in new[start:end]]
    return tuple(changed)


def _lines(value: Any, names: tuple[str, ...] = ()) -> Iterator[RecordLine]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _lines(inner, (*names, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            # Which of several groups it is must be told; lines of a text tell themselves.
            yield from _lines(inner, (*names, str(number)) if isinstance(inner, dict) else names)
    else:
        yield RecordLine(names, str(value))
