"""Population: whether one's address is up to date.

Asked by the code of the residence dossier, never by an identity number: systems are connected to the population
database for a dossier and a named service (NĐ 69/2024/NĐ-CP, article 18), and the bus knows who is on it. The address
itself is told by VNeID alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from actions.backends.answers import Record
from actions.backends.fields import day
from actions.registries.kind import Kind, Say, dated, digits_in, joined
from language.dossier_code import find_dossier_code

_UP_TO_DATE, _WAITING = "1", "0"
_KEYED: Final = range(13, 25)
"""Digits of a dossier code on the keys of a telephone."""


def _read_key(text: str, today: date) -> str | None:
    found = find_dossier_code(text, today)
    return joined(found.text) if found is not None else digits_in(text, _KEYED)


def _told(say: Say, record: Record, today: date) -> Mapping[str, str]:
    state, updated = str(record.get("trangThaiCuTru", "")).strip(), day(record.get("ngayCapNhatCuTru"))
    if state == _UP_TO_DATE and updated is not None and updated <= today:
        said = say("population_updated", date=dated(updated))
    else:
        said = say("population_waiting" if state == _WAITING else "population_unknown")
    return {"address": said, "see": say("population_see")}


POPULATION: Final = Kind(
    "population", "/TraCuuThongTinCongDan", "maHoSo", _read_key, joined, _told, {"maTichHop": "037"}
)
"""``037``: to look one person up."""
