from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.backoff import Backoff, jittered

PLAIN = Backoff(first=2.0, longest=300.0)
SHARED = Backoff(first=2.0, longest=300.0, least=0.25)
RESTART = Backoff(first=1.0, longest=30.0, at_once=1)


@pytest.mark.parametrize(
    ("backoff", "failures", "chance", "seconds"),
    [
        (PLAIN, 1, 1.0, 2.0),
        (PLAIN, 2, 1.0, 4.0),
        (PLAIN, 8, 1.0, 256.0),
        (PLAIN, 9, 1.0, 300.0),
        (PLAIN, 10_000, 1.0, 300.0),
        (PLAIN, 0, 1.0, 2.0),
        (PLAIN, 1, 0.0, 0.0),
        (SHARED, 1, 0.0, 0.25),
        (SHARED, 3, 0.5, 4.0),
        (RESTART, 1, 1.0, 0.0),
        (RESTART, 2, 1.0, 1.0),
        (RESTART, 3, 1.0, 2.0),
        (RESTART, 7, 1.0, 30.0),
    ],
)
def test_pauses_double_up_to_the_longest(backoff: Backoff, failures: int, chance: float, seconds: float) -> None:
    assert backoff.pause(failures, chance) == seconds


@given(st.integers(1, 10_000), st.floats(0.0, 1.0))
def test_chance_only_shortens_and_never_below_the_least(failures: int, chance: float) -> None:
    assert 0.25 <= SHARED.pause(failures, chance) <= SHARED.pause(failures)


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 90.0), (0.5, 100.0), (1.0, 110.0)])
def test_a_period_differs_by_its_share_both_ways(chance: float, seconds: float) -> None:
    assert jittered(100.0, 0.1, chance) == pytest.approx(seconds)
