"""The mutation score: what is drawn, what counts, and that one room can be tried anew by itself."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from benchmarks import mutation
from benchmarks.mutation import ROOMS, Score, draw, known, of_room, page, score, write
from runtime.settings import PROJECT_ROOT


def test_the_same_changes_are_drawn_with_the_same_seed() -> None:
    names = [f"room.x__mutmut_{number}" for number in range(50)]
    assert draw(names, 5, 11) == draw(names, 5, 11) != draw(names, 5, 12)
    assert draw(names[:3], 5, 11) == names[:3]


def test_what_broke_the_run_does_not_count_and_what_no_test_reaches_does() -> None:
    found = score({"a": 1, "b": 3, "c": 0, "d": 33, "e": 36, "f": None}, 900, 11, 4)
    assert (found.noticed, found.survived, found.not_reached, found.neither) == (2, ("c",), ("d",), 2)
    assert (found.counted, found.tried, found.changes) == (4, 6, 900)
    (row,) = [line for line in page({"decisions": found}).splitlines() if line.startswith("| decisions")]
    assert row.startswith("| decisions | 900 | 6 | 2 | 1 | 1 | 2 | 50 % |")


def test_one_room_tried_anew_leaves_the_figures_of_the_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(mutation, "FIGURES", tmp_path / "mutation.json")
    monkeypatch.setattr(mutation, "PAGE", tmp_path / "mutation.md")
    monkeypatch.setattr(mutation, "tried", lambda name, each, seed: of(3))
    write({"language": of(7), "decisions": of(9)})
    mutation.main(each=1, seed=1, room=["decisions"])
    assert {name: one.noticed for name, one in known().items()} == {"language": 7, "decisions": 3}
    assert "| all | 20 | 10 | 10 | 0 | 0 | 0 | 100 % |" in (tmp_path / "mutation.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ROOMS)
def test_each_room_is_there_with_its_tests(name: str) -> None:
    room = ROOMS[name]
    told = of_room((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"), room)
    configured = tomllib.loads(told)["tool"]["mutmut"]
    assert configured["only_mutate"] == list(room.changed)
    assert configured["pytest_add_cli_args_test_selection"] == list(room.tests)
    assert all(list(PROJECT_ROOT.glob(pattern)) for pattern in (*room.changed, *room.tests))
    probe = Path(*room.probe.split(".")).with_suffix(".py")
    assert any(probe.match(pattern) for pattern in room.changed)


def test_the_page_is_the_one_made_of_the_figures() -> None:
    assert mutation.PAGE.read_text(encoding="utf-8") == page(known())


def of(noticed: int) -> Score:
    return Score("2026-11-30", 1, "0", 2, 11, 10, noticed, (), (), 0)
