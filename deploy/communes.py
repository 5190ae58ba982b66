"""Write ``nlu_data/communes`` anew from the package vietnamadminunits (MIT): ``python -m deploy.communes FOLDER``.

The folder is that of the installed package; it is needed for nothing else, so the project does not depend on it:
``uv pip install --target FOLDER --no-deps vietnamadminunits`` in a place of its own.
"""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from language.communes.register import kilometres

TARGET: Final = Path(__file__).parent.parent / "nlu_data" / "communes"
FARTHEST: Final = 25.0
"""Kilometres between a former commune and one that took a part of it; beyond, names were mistaken for each other."""


def main(package: Path) -> None:
    """Write the two tables."""
    with sqlite3.connect(package / "data" / "dataset.db") as database:
        now = list(
            database.execute(
                "SELECT wardCode, ward, provinceCode, wardLat, wardLon, provinceKey, wardKey FROM admin_units"
            )
        )
        before = list(
            database.execute(
                "SELECT ward, district, wardLat, wardLon, provinceKey, districtKey, wardKey FROM admin_units_legacy "
                "WHERE wardKey IS NOT NULL ORDER BY wardCode"
            )
        )
    _write(
        "communes.csv",
        ("code", "name", "province", "latitude", "longitude"),
        sorted((code, _name(name), province, *_point(lat, lon)) for code, name, province, lat, lon, *_ in now),
    )
    codes = {(province, ward): code for code, *_, province, ward in now}
    points = {code: (lat, lon) for code, _, _, lat, lon, *_ in now}
    became = _became(json.loads((package / "data" / "converter_2025.json").read_text(encoding="utf-8")), codes)
    rows = []
    for name, district, lat, lon, *keys in before:
        found = became.get("_".join(keys), [])
        if len(found) > 1:
            found = [code for code in found if kilometres((lat, lon), points[code]) <= FARTHEST] or found[:1]
        if found:
            rows.append((_name(name), _name(district), " ".join(found), *_point(lat, lon)))
    _write("former.csv", ("name", "district", "became", "latitude", "longitude"), rows)


def _became(converter: dict[str, dict[str, dict[str, list[object]]]], codes: dict[tuple[str, str], str]) -> dict:  # type: ignore[type-arg]
    """Codes of what a former commune is now, by its keys; what took the most of it first."""
    found: dict[str, list[str]] = defaultdict(list)
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, former in wards.items():
            for key in former:
                found[str(key)].append(codes[province, ward])
    for province, split in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, parts in split.items():
            by_size = sorted(parts, key=lambda part: not part["isDefaultNewWard"])  # type: ignore[index]
            found[key] += [codes[province, part["newWardKey"]] for part in by_size]  # type: ignore[index]
    return {key: list(dict.fromkeys(every)) for key, every in found.items()}


def _name(name: str) -> str:
    """Every word with a capital; the package writes some letters with diacritics small."""
    return " ".join(word[:1].upper() + word[1:] for word in name.split())


def _point(lat: float, lon: float) -> tuple[str, str]:
    return f"{lat:.4f}", f"{lon:.4f}"


def _write(name: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    TARGET.mkdir(exist_ok=True)
    with (TARGET / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heads)
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
