"""From scores to a decision."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.aspects import Aspect
from understanding import decision
from understanding.decision import CANDIDATES, Decision, Ranked, decide, rank
from understanding.phrase_index import Hit

ASKED = {"ask_procedure": 0.97, "out_of_scope": 0.01, "greet": 0.01, "opt_out": 0.01}
CLEAR = [Ranked("1.000001", 0.95, 0.95), Ranked("1.000002", 0.20, 0.20)]
TIED = [Ranked("1.000001", 0.41, 0.41), Ranked("1.000002", 0.40, 0.40), Ranked("1.000003", 0.05, 0.05)]
FAINT = [Ranked("1.000001", 0.02, 0.02), Ranked("1.000002", 0.02, 0.02)]


def decided(**changes: Any) -> Decision:
    usual: dict[str, Any] = {
        "intents": ASKED,
        "ranked": CLEAR,
        "aspects": (),
        "residue": "nuoi ong",
        "words": 4,
        "has_dossier_code": False,
    }
    known = inspect.signature(decide).parameters
    return decide(**{name: value for name, value in {**usual, **changes}.items() if name in known})


def test_a_procedure_clearly_ahead_is_answered() -> None:
    found = decided()
    assert (found.intent, found.procedure) == ("ask_procedure", "1.000001")


def test_two_procedures_side_by_side_are_asked_back() -> None:
    found = decided(ranked=TIED)
    assert found.procedure is None
    assert found.candidates[:2] == ("1.000001", "1.000002")
    assert "1.000003" not in found.candidates


def test_nothing_near_is_out_of_scope() -> None:
    found = decided(ranked=FAINT, intents={**ASKED, "ask_procedure": 0.3, "out_of_scope": 0.29})
    assert (found.intent, found.procedure, found.candidates) == ("out_of_scope", None, ())


def test_no_procedures_at_all_is_out_of_scope() -> None:
    assert decided(ranked=[]).intent == "out_of_scope"


def test_a_dossier_code_settles_what_is_meant() -> None:
    assert decided(has_dossier_code=True) == Decision("check_dossier", 1.0)


@pytest.mark.parametrize("residue", ["", "con", "the con thi sao"])
def test_an_aspect_without_a_matter_is_a_follow_up(residue: str) -> None:
    found = decided(aspects=(Aspect.FEE,), residue=residue)
    assert (found.follow_up, found.procedure) == (True, None)


def test_an_aspect_with_a_matter_is_no_follow_up() -> None:
    assert not decided(aspects=(Aspect.FEE,)).follow_up


def test_a_very_near_phrase_outweighs_another_intent() -> None:
    assert decided(intents={"greet": 0.6, "ask_procedure": 0.4}).procedure == "1.000001"


def test_an_intent_wins_where_no_phrase_is_near() -> None:
    assert decided(ranked=TIED, intents={"greet": 0.6, "ask_procedure": 0.4}).intent == "greet"


@pytest.mark.parametrize("intent", ["opt_out", "delete_my_data"])
def test_stopping_and_deleting_need_to_be_sure(intent: str) -> None:
    unsure = {intent: 0.7, "goodbye": 0.2, "ask_procedure": 0.1}
    assert decided(ranked=FAINT, intents=unsure).intent == "goodbye"
    assert decided(ranked=CLEAR, intents={intent: 0.9, "ask_procedure": 0.1}).intent == intent


def test_an_imported_procedure_competes_without_the_linear_model() -> None:
    ranked = rank([Hit("1.000009", 0.9), Hit("1.000001", 0.5)], {"1.000001": 0.2})
    assert [item.code for item in ranked] == ["1.000009", "1.000001"]


def test_equal_scores_keep_one_order() -> None:
    hits = [Hit("1.000002", 0.5), Hit("1.000001", 0.5)]
    assert [item.code for item in rank(hits, {})] == ["1.000001", "1.000002"]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0, 1), st.integers(0, 60))
def test_whatever_the_scores_the_decision_is_well_formed(scores: list[float], asked: float, words: int) -> None:
    ranked = rank([Hit(f"1.00000{place}", score) for place, score in enumerate(scores)], {})
    found = decided(ranked=ranked, intents={"ask_procedure": asked, "out_of_scope": 1 - asked}, words=words)
    assert 0.0 <= found.confidence <= 1.0
    assert len(found.candidates) <= CANDIDATES
    assert found.procedure in (None, *found.candidates[:1])


def test_choices_fit_a_message() -> None:
    assert decision.CHOICES <= CANDIDATES
