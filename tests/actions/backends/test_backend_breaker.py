"""A source that fails is left alone, and comes back by one question."""

from __future__ import annotations

import pytest

from actions.backends.breaker import Breaker
from actions.dossiers.backend import BackendUnavailable


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def breaker(seconds: Seconds) -> Breaker:
    return Breaker("a", seconds, failures=5, pause=10.0)


def broken(breaker: Breaker) -> None:
    for _ in range(5):
        breaker.enter()
        breaker.failed()


def test_it_opens_after_five_failures_in_a_row(breaker: Breaker) -> None:
    for _ in range(4):
        breaker.enter()
        breaker.failed()
    breaker.enter()
    breaker.passed()
    for _ in range(4):
        breaker.enter()
        breaker.failed()
    breaker.enter()
    breaker.failed()
    with pytest.raises(BackendUnavailable, match="left alone"):
        breaker.enter()


def test_after_a_pause_one_question_tries_and_the_others_wait_for_it(breaker: Breaker, seconds: Seconds) -> None:
    broken(breaker)
    seconds.now += 10.1
    breaker.enter()
    for _ in range(3):
        with pytest.raises(BackendUnavailable):
            breaker.enter()
    breaker.passed()
    for _ in range(30):
        breaker.enter()


def test_a_trial_that_fails_begins_another_pause(breaker: Breaker, seconds: Seconds) -> None:
    broken(breaker)
    seconds.now += 10.1
    breaker.enter()
    breaker.failed()
    with pytest.raises(BackendUnavailable):
        breaker.enter()
    seconds.now += 10.1
    breaker.enter()


def test_late_failures_of_before_do_not_put_the_trial_off(breaker: Breaker, seconds: Seconds) -> None:
    broken(breaker)
    for _ in range(50):
        seconds.now += 0.1
        breaker.failed()
    seconds.now += 5.1
    breaker.enter()


def test_a_trial_that_never_comes_back_is_followed_by_another(breaker: Breaker, seconds: Seconds) -> None:
    broken(breaker)
    seconds.now += 10.1
    breaker.enter()
    seconds.now += 10.1
    breaker.enter()
