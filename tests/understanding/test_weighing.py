"""How readings are weighed against each other, and how their weights are fitted."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import yaml

from assistant.dialogues import Expected
from assistant.weights_fit import Example, at_once, fit, fits_line, fits_turn
from understanding.readings.listing import Listed
from understanding.readings.reading import Kind
from understanding.readings.weighing import BIAS, shares, weight_of

NLU_DATA = Path(__file__).parents[2] / "nlu_data"


def reading(kind: Kind, weights: str, intent: str = "ask_procedure", **more: object) -> Listed:
    return Listed(kind, intent, more.pop("features", {}), weights, **more)  # type: ignore[arg-type]


def test_scores_are_shares_of_one_and_keep_the_order() -> None:
    found = shares([2.0, -1.0, 2.5])
    assert math.isclose(sum(found), 1.0)
    assert found[2] > found[0] > found[1]


def test_far_apart_readings_do_not_overflow() -> None:
    assert shares([2000.0, -2000.0]) == [1.0, 0.0]


def test_a_feature_without_a_weight_counts_nothing() -> None:
    weights = {"topic": {BIAS: 0.5, "short": 2.0}}
    assert weight_of(reading(Kind.TOPIC, "topic", features={"short": 1.0, "new": 9.0}), weights) == 2.5


def test_every_fitted_weight_is_a_number_and_every_sort_has_a_bias() -> None:
    content = yaml.safe_load((NLU_DATA / "reading_weights.yml").read_text(encoding="utf-8"))
    assert content["fitted"].keys() >= content["by_hand"].keys()
    for own in content["fitted"].values():
        assert BIAS in own
        assert all(math.isfinite(value) for value in own.values())


def example(number: int, pointing: bool) -> Example:
    """A message that means the topic where it points back, and a new matter where it does not."""
    topic = reading(Kind.TOPIC, "topic", features={"points_back": float(pointing)})
    return Example(f"talk {number}", (topic, reading(Kind.MATTER, "matter")), (pointing, not pointing))


def test_a_fit_learns_what_tells_readings_apart() -> None:
    prior = {"topic": {BIAS: 0.0, "points_back": 0.0}, "matter": {BIAS: 0.0}}
    fitted = fit([example(number, number % 2 == 0) for number in range(40)], prior)
    assert fitted.weights["topic"]["points_back"] > 1.0
    assert fitted.crossed == 1.0
    assert fitted.examples == 40


def test_a_feature_never_met_keeps_what_was_set_by_hand() -> None:
    prior = {"topic": {BIAS: 0.0, "points_back": 0.0}, "matter": {BIAS: 0.0}, "form": {BIAS: 0.3, "digits": 3.5}}
    fitted = fit([example(number, number % 2 == 0) for number in range(20)], prior)
    assert fitted.weights["form"] == {BIAS: 0.3, "digits": 3.5}


def test_asking_back_about_the_right_procedure_is_right() -> None:
    fits = fits_turn(Expected(procedure=("1.000002",)))
    assert fits is not None
    unsure = reading(
        Kind.MATTER, "matter", procedure="1.000001", candidates=("1.000001", "1.000002"), told={"chance": 0.5}
    )
    sure = reading(
        Kind.MATTER, "matter", procedure="1.000001", candidates=("1.000001", "1.000002"), told={"chance": 0.9}
    )
    assert fits(unsure)
    assert not fits(sure)


def test_going_on_by_another_channel_is_right_whatever_was_talked_of_there() -> None:
    fits = fits_turn(Expected(procedure=("1.000002",), reading=("crossing",)))

    assert fits is not None
    assert fits(reading(Kind.CROSSING, "crossing", "change_topic_back"))


def test_a_list_is_right_only_where_nothing_answers_at_once() -> None:
    unsure = reading(Kind.MATTER, "matter", procedure="1.000001", candidates=("1.000001",), told={"chance": 0.5})
    topic = reading(Kind.TOPIC, "topic", procedure="1.000001")

    assert at_once((unsure, topic), (True, True)) == (False, True)
    assert at_once((unsure, topic), (True, False)) == (True, False)


def test_a_turn_that_expects_only_words_tells_nothing_of_its_reading() -> None:
    assert fits_turn(Expected(contains_any=("mã hồ sơ",))) is None


@pytest.mark.parametrize(("knowledge", "right"), [("elsewhere.karaoke", True), ("desk.saturday", False)])
def test_naming_who_else_is_responsible_is_as_good_as_a_refusal(knowledge: str, right: bool) -> None:
    fits = fits_line({"set": "out_of_scope", "text": "mở quán karaoke", "procedure": None})
    assert fits is not None
    assert fits(reading(Kind.KNOWLEDGE, "knowledge", "ask_knowledge", knowledge=knowledge)) is right
