"""What every importer takes in and gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from catalogue.importers.forms import Form
from catalogue.notices import AnyNotice
from catalogue.record import Procedure
from catalogue.wording import Reason, describe_all

Raw = Mapping[str, object]
"""One JSON object, nothing known about it yet."""

F = TypeVar("F", bound=Form)


class BrokenRecord(ValueError):
    """A record that cannot be used.

    Args:
        reason: why, to be told in words an officer understands.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Reading:
    """What one published record told."""

    procedure: Procedure | None = None
    notices: tuple[AnyNotice, ...] = ()


@dataclass(frozen=True)
class RecordFormat:
    """One published form of records."""

    name: str
    rank: int
    """Of two formats that tell of the same procedure on the same day, the higher rank is the fuller one."""
    recognises: Callable[[Raw], bool]
    """Whether a record is of this form, by the keys it has."""
    read: Callable[[Raw], Reading]
    """Reads a record; raises :class:`BrokenRecord`."""


def fill_in(form: type[F], raw: Raw) -> F:
    """The record as a form; raises :class:`BrokenRecord` naming every field that does not fit."""
    try:
        return form.model_validate(raw)
    except ValidationError as error:
        raise BrokenRecord(describe_all(error)) from error
