"""Each line of docs/asvs.md is shown by a test that exists, stands on a page, or says what is missing."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")] for line in PAGE.splitlines() if re.match(r"\| \d+\.", line)
]
CHAPTERS = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 33,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
}
"""Requirements of levels 1 and 2, and of V17 none that is about anything here."""
_STANDS = re.compile(r"(shown|written|open|none here): ")
_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_line_shows_what_it_says(row: list[str]) -> None:
    number, level, asks, stands = row
    assert re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{1,2}", number)
    assert level in {"1", "2"}
    assert asks
    kind = _STANDS.match(stands)
    assert kind, stands
    rest = stands[kind.end() :]
    if kind[1] == "shown":
        named = _TEST.findall(rest)
        assert named
        for path, name in named:
            assert (ROOT / path).is_file(), path
            assert not name or name in functions_of(path), name
    elif kind[1] == "written":
        assert re.search(r"\]\([\w./-]+\)", rest)
    else:
        assert len(rest) >= 6


def test_each_requirement_stands_there_once_and_in_its_order() -> None:
    numbers = [tuple(map(int, row[0].split("."))) for row in ROWS]
    assert numbers == sorted(set(numbers))
    counted = Counter(number[0] for number in numbers)
    assert {chapter: counted[chapter] for chapter in CHAPTERS} == CHAPTERS


def test_the_sums_are_those_of_the_lines() -> None:
    found = Counter(kind[1] for row in ROWS if (kind := _STANDS.match(row[3])))
    assert (
        f"Of {len(ROWS)}: {found['shown']} shown, {found['written']} written, {found['open']} open, "
        f"{found['none here']} none here." in PAGE
    )
