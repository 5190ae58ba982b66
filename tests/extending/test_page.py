"""The page that lists the seams lists all of them, and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from outside_packages import PAGE
from running_system import ROOT

from channels.sms.providers.registry import PROVIDERS
from runtime import seams
from runtime.registry import Factories

_GROUP = re.compile(r"motcua\.[a-z_]+s")
"""Groups name what is in them, in the plural."""
_ROOMS = [path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name not in {"tests", "benchmarks"}]


def groups_in_code() -> Iterator[str]:
    """Every group of entry points that some module of the program reads."""
    for path in (path for room in _ROOMS for path in room.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _GROUP.fullmatch(node.value):
                yield node.value


def rows() -> list[list[str]]:
    table = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| [")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_every_group_the_program_reads_is_listed() -> None:
    listed = {cell.strip("`") for row in rows() for cell in row[1:2]}
    assert set(groups_in_code()) == {group for group in listed if _GROUP.fullmatch(group)}


def test_the_projects_own_parts_are_listed_as_they_are() -> None:
    own = {row[1].strip("`"): row[3] for row in rows()}
    for seam in (*vars(seams).values(), PROVIDERS):
        if isinstance(seam, Factories):
            names = [name for name in seam.names if seam.brings(name)]
            assert own[seam.group] == ", ".join(f"`{name}`" for name in names)


def test_shapes_and_proofs_are_where_the_page_says() -> None:
    for row in rows():
        for cell in row[4:6]:
            for path in re.findall(r"`(\S+?)`", cell):
                assert (ROOT / path).exists(), path
