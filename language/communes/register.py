"""The communes there are, and what the communes before July 2025 are now."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from language import data
from language.characters import fold, lowered

ROOM: Final = "communes"
FARTHEST: Final = 25.0
"""Kilometres from the middle of the nearest former commune beyond which a point lies in none: at sea, or abroad."""


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune, ward or special zone of today."""

    code: str
    """Of the statistics office, five digits."""
    name: str
    """With what it is: "Xã Tân Lập"."""
    province: str
    """Two digits."""
    latitude: float
    longitude: float
    """Its middle, in degrees (WGS 84)."""


@dataclass(frozen=True, slots=True)
class Former:
    """A commune before July 2025."""

    name: str
    district: str
    became: tuple[str, ...]
    """Codes of the communes it lies in now; several: it was split, the largest part first."""
    latitude: float
    longitude: float


@data.cached()
def communes() -> Mapping[str, Commune]:
    """Every commune by its code."""
    return {
        row["code"]: Commune(row["code"], row["name"], row["province"], float(row["latitude"]), float(row["longitude"]))
        for row in _rows("communes")
    }


@data.cached()
def former() -> tuple[Former, ...]:
    """The communes there were."""
    return tuple(
        Former(
            row["name"],
            row["district"],
            tuple(row["became"].split()),
            float(row["latitude"]),
            float(row["longitude"]),
        )
        for row in _rows("former")
    )


def called(name: str) -> tuple[Commune | Former, ...]:
    """Communes of a name, today's before former ones.

    Args:
        name: as :func:`plain_name` makes it.
    """
    return _by_name().get(name, ())


@data.cached()
def _by_name() -> Mapping[str, tuple[Commune | Former, ...]]:
    found: dict[str, list[Commune | Former]] = defaultdict(list)
    every: tuple[Commune | Former, ...] = (*communes().values(), *former())
    for one in every:
        found[plain_name(one.name)].append(one)
    return {name: tuple(every) for name, every in found.items()}


def plain_name(name: str) -> str:
    """For comparing: lower case, no diacritics, no signs, one space between words."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in fold(lowered(name))).split())


def nearest(latitude: float, longitude: float) -> Commune | None:
    """The commune a point most likely lies in: that of the nearest middle of a former commune, which were small; near
    a border it may be the neighbour. None where none is near.
    """

    def away(one: Commune | Former) -> float:
        return kilometres((latitude, longitude), (one.latitude, one.longitude))

    closest = min(former(), key=away, default=None)
    if closest is None or away(closest) > FARTHEST:
        return None
    return min((communes()[code] for code in closest.became), key=away)


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Between two places (latitude, longitude in degrees), as the crow flies; exact enough over tens of kilometres."""
    east = (one[1] - other[1]) * math.cos(math.radians(one[0]))
    return 111.2 * math.hypot(one[0] - other[0], east)


def _rows(name: str) -> Iterator[dict[str, str]]:
    path = data.folder() / ROOM / f"{name}.csv"
    if not path.exists():
        path = Path(data.PROJECT) / ROOM / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
