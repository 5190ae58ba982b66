"""Vehicles: whether the plate is found, and whether a fine is open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from actions.backends.answers import Record
from actions.backends.fields import day, items, line
from actions.dossiers.freetext import without_personal_data
from actions.registries.kind import MOST_PLACE, Kind, Say, dated, digits_in, joined

_PLATE: Final = re.compile(r"\d{2}(?:[A-ZĐ]{1,2}\d?)\d{4,5}")
"""29A12345, 29H112345, 29AB12345 (TT 79/2024/TT-BCA), written with all sorts of signs between."""
_KEYED: Final = range(6, 9)
_OPEN, _SETTLED = "chưa xử phạt", "đã xử phạt"


def _read_key(text: str, today: date) -> str | None:
    words = text.upper().split()
    for first in range(len(words)):
        for last in range(first + 1, min(first + 4, len(words)) + 1):
            plate = joined(" ".join(words[first:last])).strip(",;:!?")
            if _PLATE.fullmatch(plate) is not None:
                return plate
    return digits_in(text, _KEYED)


def _told(say: Say, record: Record, today: date) -> Mapping[str, str]:
    faults = record.get("viPham")
    open_ones = [one for one in items(faults) if _state(one) == _OPEN]
    known = isinstance(faults, list) and all(_state(one) in (_OPEN, _SETTLED) for one in items(faults))
    days = sorted(filter(None, (_day(one.get("thoiGian")) for one in open_ones)))
    if open_ones:
        date_of = dated(days[-1]) if days else ""
        fine = say("vehicle_fines" if days else "vehicle_fines_undated", count=len(open_ones), date=date_of)
    else:
        fine = say("vehicle_no_fine" if known else "vehicle_fines_unknown")
    place = without_personal_data(line(open_ones[-1].get("noiGiaiQuyet")) or "")[:MOST_PLACE] if open_ones else ""
    if place:
        fine = f"{fine} {say('vehicle_settle', place=place)}"
    return {"fine": fine, "plate": say("vehicle_found"), "see": say("vehicle_see")}


def _state(fault: Record) -> str:
    return (line(fault.get("trangThai")) or "").casefold()


def _day(value: object) -> date | None:
    """The day of "10:32, 20/12/2024"."""
    return day(value.rpartition(",")[2].strip()) if isinstance(value, str) else None


VEHICLE: Final = Kind("vehicle", "/TraCuuPhuongTien", "bienSo", _read_key, joined, _told, {})
