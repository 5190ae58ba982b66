"""What docs/rasa.md says is carried of Rasa is what the program imports of it, and where."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "rasa.md").read_text(encoding="utf-8")
ROOMS = (
    "actions", "assistant", "catalogue", "centre", "channels", "cli", "contract", "installation", "kiosk", "language",
    "learning", "runtime", "speech", "stores", "tickets", "understanding",
)  # fmt: skip


def imported() -> dict[str, set[str]]:
    """Part of Rasa -> files that import it."""
    found: dict[str, set[str]] = {}
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                parts = name.split(".")
                if parts[0] in {"rasa", "rasa_sdk", "sanic"}:
                    part = ".".join(parts[:2]) if parts[0] == "rasa" else parts[0]
                    found.setdefault(part, set()).add(path.relative_to(ROOT).as_posix())
    return found


def told() -> dict[str, set[str]]:
    """Part of Rasa -> the files and folders the page names for it."""
    table = PAGE.split("## What is carried")[1].split("\n\n")[1]
    rows = [line.strip("|").split("|") for line in table.splitlines()[2:]]
    return {part: set(re.findall(r"`([\w./]+)`", row[2])) for row in rows for part in re.findall(r"`([\w.]+)`", row[0])}


def test_every_part_that_is_imported_is_told_with_where() -> None:
    page = told()
    assert imported().keys() == page.keys()
    strays = {
        (part, path)
        for part, paths in imported().items()
        for path in paths
        if not any(path == place or (place.endswith("/") and path.startswith(place)) for place in page[part])
    }
    assert strays == set()


def test_every_place_that_is_told_imports_it() -> None:
    found = imported()
    idle = {
        (part, place)
        for part, places in told().items()
        for place in places
        if not any(path == place or path.startswith(place) for path in found[part])
    }
    assert idle == set()


def test_what_its_age_holds_down_is_what_the_project_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needs = next(entry for entry in project["tool"]["uv"]["dependency-metadata"] if entry["name"] == "rasa")
    held = re.findall(r"`([a-z-]+) ?(<|==)?\s?([\d.]+)`", PAGE.split("## What its age holds down")[1].split("##")[0])
    assert len(held) >= 8
    for name, _, number in held:
        assert any(line.startswith(name) and number in line for line in needs["requires-dist"]), name
