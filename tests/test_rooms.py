"""Dependencies between the rooms point one way, floor by floor; docs/decisions/0007-rooms.md gives the reasons."""

from __future__ import annotations

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FLOORS = (
    ("language",),
    ("runtime",),
    ("contract", "speech"),
    ("stores",),
    ("catalogue", "tickets"),
    ("understanding",),
    ("actions", "learning"),
    ("assistant",),
    ("channels",),
    ("kiosk",),
    ("centre",),
    ("installation",),
    ("cli",),
)
"""From the ground up: a room uses only rooms of floors below its own."""

FLOOR = {room: number for number, floor in enumerate(FLOORS) for room in floor}
NO_ROOMS = {"benchmarks", "deploy", "docs", "tests"}
"""Folders with Python beside the program: they may use every room, and no room uses them."""

WITH_SUB_ROOMS = ("actions", "centre", "channels", "channels/sms", "kiosk", "speech")


def modules_of(folder: Path) -> dict[Path, set[str]]:
    """Each module of a folder with the dotted names it imports."""
    found: dict[Path, set[str]] = {}
    for path in folder.rglob("*.py"):
        names: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
        found[path] = names
    return found


def test_every_folder_with_a_program_in_it_stands_on_a_floor() -> None:
    folders = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("[a-z]*/**/*.py")}
    assert {name for name in folders if not name.startswith(".")} - NO_ROOMS - {"models", "var"} == set(FLOOR)


def test_the_page_on_architecture_shows_the_floors_as_they_are() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (`.+?`) \|", page, re.MULTILINE)
    shown = [(int(floor), room) for floor, rooms in rows for room in re.findall(r"`(\w+)`", rooms)]
    assert shown == [(number, room) for number, floor in enumerate(FLOORS, start=1) for room in floor]


@pytest.mark.parametrize("room", FLOOR)
def test_a_room_uses_only_rooms_of_lower_floors(room: str) -> None:
    used = {
        (str(path.relative_to(ROOT)), name)
        for path, names in modules_of(ROOT / room).items()
        for name in names
        if (other := name.split(".")[0]) != room and (other in NO_ROOMS or FLOOR.get(other, -1) >= FLOOR[room])
    }
    assert not used


@pytest.mark.parametrize("room", WITH_SUB_ROOMS)
def test_no_two_folders_inside_a_room_use_each_other(room: str) -> None:
    inside = ROOT / room
    within = f"{room.replace('/', '.')}."
    folders = {path.name for path in inside.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    uses: dict[str, set[str]] = {folder: set() for folder in folders}
    for path, names in modules_of(inside).items():
        own = path.relative_to(inside).parts[0]
        others = {name.removeprefix(within).split(".")[0] for name in names if name.startswith(within)} & folders
        if own in folders:
            uses[own] |= others - {own}
    try:
        TopologicalSorter(uses).prepare()
    except CycleError as error:
        pytest.fail(f"{room}: {' -> '.join(error.args[1])}")
