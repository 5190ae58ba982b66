"""The figures at the head of a graded sample are those of its grades."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

FILES = sorted((Path(__file__).resolve().parents[2] / "nlu_data" / "eval" / "graded").glob("*.yml"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def sample(request: pytest.FixtureRequest) -> dict[str, Any]:
    graded: dict[str, Any] = yaml.safe_load(request.param.read_text(encoding="utf-8"))
    assert request.param.stem.removesuffix("-second") == graded["date"]
    return graded


def test_there_is_a_sample_of_a_hundred(sample: dict[str, Any]) -> None:
    assert len(sample["replies"]) == 100
    assert len({reply["turn"] for reply in sample["replies"]}) == 100
    assert all(len(reply["grades"]) == 2 and set(reply["grades"]) <= {0, 1, 2, 3} for reply in sample["replies"])


def test_means_and_counts_are_those_of_the_grades(sample: dict[str, Any]) -> None:
    for reader in (0, 1):
        grades = [reply["grades"][reader] for reply in sample["replies"]]
        assert sample["means"][reader] == pytest.approx(sum(grades) / len(grades))
        assert {grade: both[reader] for grade, both in sample["counts"].items()} == dict(Counter(grades))


def test_agreement_is_that_of_the_grades(sample: dict[str, Any]) -> None:
    pairs = [reply["grades"] for reply in sample["replies"]]
    assert sample["same_grade"] == pytest.approx(sum(a == b for a, b in pairs) / len(pairs), abs=0.005)
    seen = sum((a - b) ** 2 for a, b in pairs) / len(pairs)
    by_chance = sum((a - b) ** 2 for a, _ in pairs for _, b in pairs) / len(pairs) ** 2
    assert sample["weighted_kappa"] == pytest.approx(1 - seen / by_chance, abs=0.005)


def test_samples_are_kept() -> None:
    assert FILES
