"""A wish needs its verb and its object, and one word is not both."""

from __future__ import annotations

import pytest
from places import NLU_DATA

from understanding.readings.guards import guards_of

GUARDS = guards_of(NLU_DATA)


@pytest.mark.parametrize("said", ["speak vietnamese again please", "noi tieng anh duoc khong", "english please"])
def test_another_language_is_asked_for_by_verb_and_name(said: str) -> None:
    assert GUARDS["switch_language"].names(said)


@pytest.mark.parametrize(
    "said", ["i live with my vietnamese wife", "is there an english form", "my vietnamese husband has died"]
)
def test_a_language_that_is_only_named_is_not_asked_for(said: str) -> None:
    assert not GUARDS["switch_language"].names(said)


@pytest.mark.parametrize("said", ["bat dau lai", "cho lam lai tu dau di", "start over", "quay ve menu dau"])
def test_beginning_anew_is_asked_for(said: str) -> None:
    assert GUARDS["start_over"].names(said)


@pytest.mark.parametrize(
    "said", ["ho so phai nop lai tu dau ha", "lam lai the can cuoc", "hoc lai tu dau co duoc khong"]
)
def test_doing_papers_anew_is_something_else(said: str) -> None:
    assert not GUARDS["start_over"].names(said)
