"""A map of communes as SVG: their middles as points, since no outline is published for them, with marks upon it.

Everything lies in one plane, Web Mercator (EPSG:3857) with the world :data:`WORLD` units wide, so that a page's script
can lay a province's own map tiles below and read a pin's place back.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from language import data
from language.communes.register import Commune, communes

WORLD: Final = float(2**20)
MOST: Final = 400
"""Communes drawn on one map, the nearest to its middle; a province has 168 at most."""
_SMALLEST: Final = 400.0
"""Units a map shows at least, some fifteen kilometres: the communes around one place."""
_MARGIN: Final = 0.08


@dataclass(frozen=True, slots=True)
class Mark:
    """Something shown on the map."""

    latitude: float
    longitude: float
    label: str
    """Said when one points at it, and by screen readers."""
    mood: str = "good"
    """``good``, ``watch``, ``bad``: colour and shape."""
    address: str = ""
    """Where a click leads; empty: nowhere."""
    weight: int = 1
    """How many of them lie here: the greater, the larger."""


@dataclass(frozen=True, slots=True)
class Dot:
    """Something at its place in the plane."""

    x: float
    y: float
    radius: float
    label: str
    mood: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class DrawnMap:
    """What a page draws."""

    left: float
    top: float
    width: float
    height: float
    communes: tuple[Dot, ...]
    marks: tuple[Dot, ...]

    @property
    def view_box(self) -> str:
        """As SVG has it."""
        return f"{self.left:.1f} {self.top:.1f} {self.width:.1f} {self.height:.1f}"


@dataclass(frozen=True, slots=True)
class Tiles:
    """A province's own pictures below a map."""

    address: str = ""
    """With ``{z}``, ``{x}`` and ``{y}``; empty: none."""
    thanks: str = ""
    """Whose they are."""

    def allowed_by(self, policy: str) -> str:
        """A content security policy with their server among those of pictures."""
        server = urlsplit(self.address)
        if not server.netloc:
            return policy
        return policy.replace("img-src 'self'", f"img-src 'self' {server.scheme}://{server.netloc}")


NO_TILES: Final = Tiles()


def plane(latitude: float, longitude: float) -> tuple[float, float]:
    """Where a place lies, x to the east and y to the south."""
    up = math.asinh(math.tan(math.radians(latitude))) / math.pi
    return WORLD * (longitude + 180) / 360, WORLD * (1 - up) / 2


def draw(province: str, marks: Sequence[Mark] = ()) -> DrawnMap | None:
    """A map of a province's communes; without a province, of those around the marks. None where nothing is to be drawn.

    Args:
        province: two digits; empty: none is served alone.
        marks: what lies on it, the gravest drawn last.
    """
    points = [plane(mark.latitude, mark.longitude) for mark in marks]
    here = _middles(province) if province else []
    if not here and not points:
        return None
    left, top, width, height = _around([at for _, at in here] + points)
    if not here:
        inside = ((one, at) for one, at in _middles("") if 0 <= at[0] - left <= width and 0 <= at[1] - top <= height)
        middle = (left + width / 2, top + height / 2)
        here = sorted(inside, key=lambda each: math.dist(each[1], middle))[:MOST]
    unit = max(width, height) / 250
    moods = ("good", "watch", "bad")
    return DrawnMap(
        left,
        top,
        width,
        height,
        tuple(Dot(*at, unit, one.name) for one, at in here),
        tuple(
            Dot(*at, unit * (2 + min(4.0, math.log2(mark.weight))), mark.label, mark.mood, mark.address)
            for mark, at in sorted(zip(marks, points, strict=True), key=lambda each: moods.index(each[0].mood))
        ),
    )


def middles(province: str) -> list[tuple[str, str]]:
    """Names of a province's communes, each with latitude and longitude of its middle; nothing without a province."""
    return [(one.name, f"{one.latitude} {one.longitude}") for one, _ in _middles(province)] if province else []


@data.cached()
def _middles(province: str) -> list[tuple[Commune, tuple[float, float]]]:
    """Communes of a province, or all, by name, with their places in the plane."""
    here = (one for one in communes().values() if province in {"", one.province})
    return [(one, plane(one.latitude, one.longitude)) for one in sorted(here, key=lambda one: one.name)]


def _around(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """Left, top, width and height of a frame around points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    width, height = max(_SMALLEST, max(xs) - min(xs)), max(_SMALLEST, max(ys) - min(ys))
    middle = ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2)
    width, height = width * (1 + 2 * _MARGIN), height * (1 + 2 * _MARGIN)
    return middle[0] - width / 2, middle[1] - height / 2, width, height
