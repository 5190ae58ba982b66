"""Which office knows more about a procedure: data, because it is not always the desk that takes the dossier."""

from __future__ import annotations

from typing import Any

import yaml
from pydantic import model_validator

from catalogue.record import Level, Line, Procedure, RecordModel
from language import data
from language.languages import default_language, installed

_NEAREST_FIRST = (Level.COMMUNE, Level.PROVINCE, Level.MINISTRY, Level.OTHER)


class _Adviser(RecordModel):
    names: dict[str, Line]
    """What it is called, by language; in the file each under its tag."""
    agency: Line | None = None
    field: Line | None = None
    level: Level | None = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, entry: dict[str, Any]) -> dict[str, Any]:
        names = {key: value for key, value in entry.items() if key in installed()}
        return {"names": names, **{key: value for key, value in entry.items() if key not in names}}

    def fits(self, procedure: Procedure) -> bool:
        return (
            self.agency in (None, procedure.agency)
            and (self.field is None or procedure.field.startswith(self.field))
            and self.level in (None, nearest_level(procedure))
        )


class _AdvisersFile(RecordModel):
    advisers: tuple[_Adviser, ...]


def nearest_level(procedure: Procedure) -> Level:
    """The level of government nearest to the citizen that handles the procedure."""
    return next(level for level in _NEAREST_FIRST if level in procedure.levels)


def adviser_of(procedure: Procedure, language: str) -> str | None:
    """The office to ask, in words, or None where the desk that takes the dossier is the one to ask."""
    if procedure.advises is not None:
        return procedure.advises
    found = next((one for one in _advisers() if one.fits(procedure)), None)
    if found is None:
        return None
    return found.names.get(language) or found.names[default_language()]


def office_today(office: str) -> str:
    """What an office of an older list is called since the reform of 2025; as it stands where nothing changed."""
    return next((one.now for one in _renamed() if one.was.casefold() in office.casefold()), office)


class _Renamed(RecordModel):
    was: Line
    """Part of the old name."""
    now: Line


class _RenamedFile(RecordModel):
    offices: tuple[_Renamed, ...]


@data.cached()
def _renamed() -> tuple[_Renamed, ...]:
    path = data.folder() / "renamed_offices.yml"
    return _RenamedFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).offices


@data.cached()
def _advisers() -> tuple[_Adviser, ...]:
    path = data.folder() / "advisers.yml"
    return _AdvisersFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).advisers
