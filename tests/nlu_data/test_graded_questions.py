"""Questions of the programme with the grades of their replies: the figures at the head are those of the grades."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

FILES = sorted((Path(__file__).resolve().parents[2] / "nlu_data" / "eval" / "programme").glob("*.yml"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def graded(request: pytest.FixtureRequest) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(request.param.read_text(encoding="utf-8"))
    assert content["date"] == request.param.stem
    return content


def test_there_are_ninety_questions_and_later_ones_of_every_area(graded: dict[str, Any]) -> None:
    counted = Counter(one["set"] for one in graded["questions"])
    first = {"worked_on": 90, "second": 30, "unseen": 30, "third": 60, "fresh": 30}
    later = {"fourth": 45, "fifth": 45, "sixth": 45, "seventh": 45, "eighth": 60, "ninth": 45}
    assert counted == first | later
    areas = Counter(one["area"] for one in graded["questions"])
    assert set(areas) == set(graded["areas"])
    assert len({one["say"] for one in graded["questions"]}) == len(graded["questions"])


def test_means_are_those_of_the_grades(graded: dict[str, Any]) -> None:
    for name, figures in graded["means"].items():
        ours = [one for one in graded["questions"] if one["set"] == name]
        for when, means in figures.items():
            assert all(set(one[when]) <= {0, 1, 2, 3} and len(one[when]) == 2 for one in ours)
            for reader in (0, 1):
                grades = [one[when][reader] for one in ours]
                assert means[reader] == pytest.approx(sum(grades) / len(grades), abs=0.005)


def test_graded_questions_are_kept() -> None:
    assert FILES
