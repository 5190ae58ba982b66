"""From scores to the chance that the best procedure is right."""

from __future__ import annotations

import math

import pytest
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


def test_a_procedure_whose_telling_word_was_not_said_falls_behind_its_neighbour() -> None:
    hits = [Hit("1.000002", 0.6), Hit("1.000001", 0.5)]

    assert rank(hits, {})[0].code == "1.000002"
    assert rank(hits, {}, unsaid=frozenset({"1.000002"}))[0].code == "1.000001"


def test_what_the_model_was_sure_of_and_was_not_said_leaves_its_share_to_the_others() -> None:
    hits = [Hit("1.000002", 0.8), Hit("1.000001", 0.7)]
    linear = {"1.000002": 0.9, "1.000001": 0.05}

    plain = rank(hits, linear, unsaid=frozenset({"1.000002"}))

    assert plain[0].code == "1.000001"
    assert plain[0].score > rank(hits, linear)[1].score
    assert all(one.score <= 1.0 for one in plain)


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


def test_signals_are_the_lead_what_the_words_are_taken_for_and_how_long_they_are() -> None:
    ranked = rank([Hit("1.000001", 0.8), Hit("1.000002", 0.5)], {}, frozenset({"1.000001"}))
    asked = {"ask_procedure": 0.9, "out_of_scope": 0.04}
    lead, similarity, log_asked, log_out, log_length, often = signals(ranked, asked, 5)
    assert lead == pytest.approx(0.95 * 0.3 + decision.OFTEN)
    assert similarity == 0.8
    assert log_asked == pytest.approx(math.log(0.9001))
    assert log_out == pytest.approx(math.log(0.0401))
    assert log_length == pytest.approx(math.log(5))
    assert often == 1.0


def test_signals_of_one_that_has_no_rival_and_of_a_message_without_words() -> None:
    ranked = rank([Hit("1.000001", 0.8)], {})
    nothing = math.log(1e-4)
    assert signals(ranked, {}, 0) == pytest.approx((0.95 * 0.8, 0.8, nothing, nothing, 0.0, 0.0))


def test_signals_behind_the_choices_are_measured_against_the_first_that_is_none() -> None:
    ranked = rank([Hit(f"1.00000{place}", score) for place, score in enumerate((0.9, 0.8, 0.7, 0.6))], {})
    assert signals(ranked, {}, 1, behind=3)[0] == pytest.approx(0.95 * 0.3)
    assert signals(ranked, {}, 1, behind=4)[0] == pytest.approx(0.95 * 0.9)


def test_the_chance_is_the_logistic_of_the_weighed_signals() -> None:
    assert chance((0.0,) * len(decision.WEIGHTS)) == pytest.approx(1 / (1 + math.exp(-decision.BIAS)))
    values = (0.4, 0.7, -0.1, -3.0, 1.6, 1.0)
    power = decision.BIAS + sum(weight * value for weight, value in zip(decision.WEIGHTS, values, strict=True))
    assert chance(values) == pytest.approx(1 / (1 + math.exp(-power)))
    with pytest.raises(ValueError, match=r"shorter|longer"):
        chance(values[1:])


def test_nearest_phrase_and_linear_model_are_joined_by_their_shares() -> None:
    hits = [Hit("1.000001", 0.8), Hit("1.000002", 0.8), Hit("1.000003", 0.8)]
    ranked = rank(hits, {"1.000001": 0.6}, frozenset({"1.000002"}), frozenset({"1.000003"}))
    told = {one.code: (one.score, one.similarity, one.often) for one in ranked}
    assert told == {
        "1.000002": (pytest.approx(0.95 * 0.8 + 0.05), 0.8, True),
        "1.000001": (pytest.approx(0.55 * 0.8 + 0.45 * 0.6), 0.8, False),
    }


def test_what_the_linear_model_hardly_believes_is_left_out_unless_a_phrase_is_near() -> None:
    ranked = rank([Hit("1.000003", 0.4)], {"1.000001": 0.05, "1.000002": 0.06, "1.000003": 0.0})
    assert [(one.code, one.similarity) for one in ranked] == [("1.000003", 0.4), ("1.000002", 0.0)]
    assert ranked[1].score == pytest.approx(0.45 * 0.06)


def test_one_of_which_only_the_name_is_known_is_told_where_it_is_nearest_and_never_offered() -> None:
    named = frozenset({"1.000001", "1.000002"})
    assert [one.code for one in rank([Hit("1.000001", 0.9), Hit("1.000002", 0.8)], {}, named=named)] == ["1.000001"]
    hits = [Hit("1.000003", 0.9), Hit("1.000001", 0.9)]
    assert [one.code for one in rank(hits, {}, named=named)] == ["1.000003"]


def test_the_best_five_are_told_each_with_its_chance_against_the_best_other() -> None:
    ranked = rank([Hit(f"1.00000{place}", 0.9 - place / 10) for place in range(7)], {})
    asked = {"ask_procedure": 0.9, "out_of_scope": 0.05}
    told = decision.chances(ranked, asked, 4)
    assert [code for code, _ in told] == [one.code for one in ranked[:CANDIDATES]]
    assert told[0][1] == round(chance(signals(ranked, asked, 4)), 4)
    assert told[1][1] == round(chance(signals([ranked[1], ranked[0]], asked, 4)), 4)
    assert told[2][1] == round(chance(signals([ranked[2], *ranked[:2]], asked, 4)), 4)


def test_without_procedures_there_is_no_chance() -> None:
    assert chance_of_the_choices([], {"ask_procedure": 1.0}, 3) == 0.0


@pytest.mark.parametrize(("lead", "behind"), [(0.02, decision.CHOICES), (0.04, 1)])
def test_two_count_as_equally_near_below_a_small_lead(lead: float, behind: int) -> None:
    near = [decision.Ranked("1.000001", 0.8 + lead, 0.8), decision.Ranked("1.000002", 0.8, 0.8)]
    ranked = [*near, decision.Ranked("1.000003", 0.5, 0.5), decision.Ranked("1.000004", 0.3, 0.3)]
    asked = {"ask_procedure": 0.9, "out_of_scope": 0.05}
    assert chance_of_the_choices(ranked, asked, 3) == chance(signals(ranked, asked, 3, behind=behind))
    assert chance_of_the_choices(ranked[:1], asked, 3) == chance(signals(ranked[:1], asked, 3))
