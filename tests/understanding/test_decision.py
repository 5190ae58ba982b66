"""From scores to the chance that the best procedure is right."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from understanding import decision
from understanding.decision import CANDIDATES, chance, chance_of_the_choices, rank, signals
from understanding.phrase_index import Hit


def test_an_imported_procedure_competes_without_the_linear_model() -> None:
    ranked = rank([Hit("1.000009", 0.9), Hit("1.000001", 0.5)], {"1.000001": 0.2})
    assert [item.code for item in ranked] == ["1.000009", "1.000001"]


def test_equal_scores_keep_one_order() -> None:
    hits = [Hit("1.000002", 0.5), Hit("1.000001", 0.5)]
    assert [item.code for item in rank(hits, {})] == ["1.000001", "1.000002"]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0, 1), st.integers(0, 60))
def test_whatever_the_scores_a_chance_is_one(scores: list[float], asked: float, words: int) -> None:
    ranked = rank([Hit(f"1.00000{place}", score) for place, score in enumerate(scores)], {})
    intents = {"ask_procedure": asked, "out_of_scope": 1 - asked}
    assert 0.0 <= chance(signals(ranked, intents, words)) <= 1.0
    assert 0.0 <= chance_of_the_choices(ranked, intents, words) <= 1.0


def test_two_of_one_name_are_worth_asking_back_about() -> None:
    ranked = rank([Hit("1.000001", 0.9), Hit("1.000002", 0.9)], {})
    asked = {"ask_procedure": 0.95, "out_of_scope": 0.01}
    assert chance_of_the_choices(ranked, asked, 4) > chance(signals(ranked, asked, 4))


def test_choices_fit_a_message() -> None:
    assert decision.CHOICES <= CANDIDATES
