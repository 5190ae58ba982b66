"""The simulation of an hour keeps to what queueing theory knows, and the page on size shows what it says."""

from __future__ import annotations

import math
import random
import statistics
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.capacity import CASES, COLUMNS, Compared, compared, drawn, row
from benchmarks.capacity_model import Machines, People, Station, answered, poisson, simulate

COMMUNE = People(10_000, 0.05, busiest=0.25)


def test_the_busiest_hour_is_the_arithmetic_of_the_page() -> None:
    assert COMMUNE.turns_in_the_hour == pytest.approx(500)
    assert COMMUNE.turns_a_second == pytest.approx(0.139, abs=0.001)
    assert COMMUNE.calls_at_once == pytest.approx(1.25)


@pytest.mark.parametrize("load", [0.5, 0.8])
def test_one_server_waits_as_long_as_theory_says(load: float) -> None:
    """M/M/1: from arrival to end 1 / (rate - arrivals), Kleinrock 1975; M/D/1 waits half as long for its turn."""
    draw = random.Random(7)
    moments = drawn(draw, (load, 60_000.0))
    times = [one.done - one.came for one in answered(moments, Station(1), 1.0, draw)]
    assert statistics.mean(times) == pytest.approx(1 / (1 - load), rel=0.1)
    alike = [one.done - one.came for one in answered(moments, Station(1), 1.0)]
    assert statistics.mean(alike) == pytest.approx(1 + load / (2 * (1 - load)), rel=0.1)


def test_calls_are_refused_as_often_as_erlang_says() -> None:
    offered, lines = 25.0, 25
    refused = (offered**lines / math.factorial(lines)) / sum(
        offered**number / math.factorial(number) for number in range(lines + 1)
    )
    # 500 calls of three minutes in the hour.
    people = People(2_500, 1.0, turns=1.0, busiest=1.0)
    assert people.calls_at_once == pytest.approx(offered)
    hours = [simulate(people, Machines(100, 1, 0, 1e6), seed) for seed in range(12)]
    share = sum(hour.refused for hour in hours) / sum(hour.calls for hour in hours)
    assert share == pytest.approx(refused, rel=0.2)
    assert max(hour.calls_most for hour in hours) == lines


def test_a_rush_holds_its_share_of_the_hour() -> None:
    people = replace(COMMUNE, rush=1 / 3)
    moments = list(poisson(random.Random(3), people, 10.0))
    assert len(moments) == pytest.approx(36_000, rel=0.02)
    assert sum(one < 600 for one in moments) == pytest.approx(12_000, rel=0.03)


def test_what_a_dead_server_had_begun_is_taken_again_after_the_lease() -> None:
    one = Station(1, away=(1, 5.0, 65.0))
    assert one.serve([(0.0, 2.0), (4.0, 2.0), (10.0, 2.0)]) == [2.0, 69.0, 67.0]
    two = Station(2, away=(1, 5.0, 6.0))
    assert two.serve([(4.0, 2.0), (4.0, 2.0), (7.0, 1.0)]) == [37.0, 6.0, 8.0]


def test_an_operator_who_takes_less_than_comes_makes_a_queue() -> None:
    slow = simulate(COMMUNE, Machines(2, 2, 2, 0.1))
    quick = simulate(COMMUNE, Machines(2, 2, 2, 1.0))
    assert slow.texts == quick.texts
    assert slow.waiting_most > 10 * quick.waiting_most
    assert slow.answered_median > 10 * quick.answered_median


def test_one_seed_gives_one_hour() -> None:
    machines = Machines(2, 2, 2, 0.25)
    assert simulate(COMMUNE, machines, 5) == simulate(COMMUNE, machines, 5) != simulate(COMMUNE, machines, 6)


def test_a_prediction_is_held_against_what_was_measured() -> None:
    moments = [0.0, 0.0, 0.0]
    measured = [(0.0, 0.6), (0.0, 1.6), (0.0, 9.0)]
    found = {one.figure: one for one in compared("three at once", moments, measured, rate=1.0, least=0.5)}
    assert found["median"] == Compared("three at once", "median", 1.5, 1.6)
    assert found["last one answered"].predicted == 3.5
    assert [one.is_close for one in found.values()] == [True, False, False]


def test_the_page_shows_what_the_simulation_says() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "scale.md").read_text(encoding="utf-8")
    assert f"| {' | '.join(COLUMNS)} |" in page
    small = {name: case for name, case in CASES.items() if case[0].citizens <= 1_000_000}
    assert len(small) == 6
    for name, (people, machines) in small.items():
        assert f"| {' | '.join(row(name, people, machines, simulate(people, machines)))} |" in page
    assert all(f"| {name} |" in page for name in CASES)
