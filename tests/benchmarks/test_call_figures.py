"""Percentiles read from the counts a running system keeps."""

from __future__ import annotations

import pytest

from benchmarks.calls.system import percentile_of

INFINITY = float("inf")


@pytest.mark.parametrize(
    ("before", "after", "share", "expected"),
    [
        ({}, {0.1: 50.0, 0.2: 100.0, INFINITY: 100.0}, 0.5, 0.1),
        ({}, {0.1: 0.0, 0.2: 100.0, INFINITY: 100.0}, 0.5, 0.15),
        # What was counted before the measurement does not count.
        ({0.1: 100.0, 0.2: 100.0, INFINITY: 100.0}, {0.1: 100.0, 0.2: 200.0, INFINITY: 200.0}, 0.95, 0.195),
        # Beyond the last bound nothing is known but the bound.
        ({}, {0.1: 10.0, INFINITY: 100.0}, 0.99, 0.1),
        ({}, {0.1: 0.0, INFINITY: 0.0}, 0.95, 0.0),
        ({}, {}, 0.95, 0.0),
    ],
)
def test_a_percentile_lies_inside_its_bucket(
    before: dict[float, float], after: dict[float, float], share: float, expected: float
) -> None:
    assert percentile_of(before, after, share) == pytest.approx(expected)
