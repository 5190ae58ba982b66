from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.figures import Figure, Results, Target, percentile
from benchmarks.table import show
from benchmarks.targets import judge


def test_more_turns_than_the_reference_are_better_and_less_time_is_better() -> None:
    turns = Figure("turns", "turns/s", (100.0, 120.0), (50.0, 40.0), 20.0, more_is_better=True)
    assert turns.ratios() == (2.0, 3.0)
    assert turns.recorded_ratio() == pytest.approx(5.5)
    time = Figure("a turn", "ms", (10.0, 20.0), (30.0, 30.0), 45.0)
    assert time.ratios() == (3.0, 1.5)
    assert time.recorded_ratio() == pytest.approx(3.0)


def test_what_was_not_measured_beside_has_no_ratio() -> None:
    alone = Figure("lines", "lines/s", (5.0,), more_is_better=True)
    assert alone.ratios() == ()
    assert alone.recorded_ratio() is None


@pytest.mark.parametrize(
    ("got", "at_least", "met"),
    [(84.0, True, True), (83.9, True, False), (84.0, False, True), (84.1, False, False)],
)
def test_a_target_is_met_up_to_its_border(got: float, at_least: bool, met: bool) -> None:
    assert Target("promise", 84.0, got, "", at_least).is_met is met


def test_percentiles_are_values_that_were_measured() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert percentile(values, 0.5) == 3.0
    assert percentile(values, 0.95) == 5.0
    assert percentile([7.0], 0.5) == 7.0


def test_a_run_is_shown_with_its_misses_explained_and_written_with_its_date(tmp_path: Path) -> None:
    figures = [Figure("turns", "turns/s", (80.0, 90.0, 85.0), (17.0, 17.0, 17.0), 21.0, more_is_better=True)]
    missed = Target("many turns", 100.0, 85.0, "turns/s", True, "the machine was busy")
    results = Results({"cores": "2"}, quick=False, figures=figures, targets=[missed], notes=["a note"])
    console = Console(record=True, width=150, quiet=False, file=(tmp_path / "out.txt").open("w", encoding="utf-8"))
    show(results, console)
    shown = console.export_text()
    assert "85 turns/s" in shown
    assert "80 to 90" in shown
    assert "5 (4.71 to 5.29)" in shown
    assert "not met many turns" in shown
    assert "the machine was busy" in shown
    path = results.write(tmp_path / "results", datetime(2026, 11, 23, 17, 0, 5, tzinfo=UTC))
    assert path.name == "2026-11-23-170005.json"
    assert json.loads(path.read_text(encoding="utf-8"))["targets"][0]["met"] is False


class LineCut(Exception):
    """Of a library, and none of Python's own kinds."""


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (TimeoutError(), "not measured: text messages: a load was not over in time"),
        (RuntimeError("answered 503"), "not measured: text messages: answered 503"),
        (LineCut("server disconnected"), "not measured: text messages: LineCut: server disconnected"),
    ],
)
def test_a_part_that_fails_is_told_under_the_table_of_the_others(tmp_path: Path, failure: Exception, said: str) -> None:
    def fails() -> list[Figure]:
        raise failure

    results = Results({"cores": "2", "load before": "0"}, quick=False)
    results.add("text messages", fails)
    results.add("turns", lambda: [Figure("turns, core", "turns/s", (85.0,), more_is_better=True)])
    results.targets = judge(results)
    with (tmp_path / "out.txt").open("w", encoding="utf-8") as out:
        console = Console(record=True, width=150, file=out)
        show(results, console)
    shown = console.export_text()
    assert "85 turns/s" in shown
    assert said in shown
    assert "not measured a quarter of stock Rasa's memory" in shown
