"""Two matters of one message: one or the other, or both; a circumstance is no second matter."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from language.normalise import normalise
from understanding.features import Utterance
from understanding.two_matters import TwoMatters, two_matters

CALLED: Mapping[str, frozenset[str]] = {
    "residence": frozenset({"tam", "tru"}),
    "absence": frozenset({"tam", "vang"}),
    "death": frozenset({"khai", "tu"}),
    "burial": frozenset({"mai", "tang"}),
    "card": frozenset({"can", "cuoc"}),
}
"""What each procedure is called, in words only it has beside its neighbours."""
EVERY_WORD = frozenset(word for words in CALLED.values() for word in words) | {"xa", "chong", "huyen", "truong", "hoc"}


def nearest(words: str) -> list[tuple[str, float]]:
    """Procedures by the share of their names that was said."""
    said = set(words.split())
    shares = [(code, len(said & called) / len(said | called)) for code, called in CALLED.items()]
    return sorted((found for found in shares if found[1] > 0.0), key=lambda found: -found[1])


def found(text: str, near: tuple[str, ...]) -> TwoMatters | None:
    return two_matters(Utterance.of(normalise(text)), EVERY_WORD, near, nearest, CALLED.__getitem__)


@pytest.mark.parametrize("text", ["tạm trú hay tạm vắng", "tam tru hoac tam vang", "khai tạm trú hay là tạm vắng đây"])
def test_one_of_two_is_asked_for_in_their_order(text: str) -> None:
    assert found(text, ("absence", "residence", "card")) == TwoMatters("residence", "absence", either=True)


@pytest.mark.parametrize(
    "text",
    ["khai tử rồi xin mai táng", "khai tử với mai táng", "khai tu va mai tang", "vừa khai tử vừa mai táng"],
)
def test_both_of_two_are_asked_for(text: str) -> None:
    assert found(text, ("burial", "death")) == TwoMatters("death", "burial", either=False)


@pytest.mark.parametrize(
    "text",
    [
        "tạm trú ở xã chồng hay ở huyện",
        "hay bị quên tạm trú",
        "tạm trú cho con đi học trường xa",
        "có khai tử rồi, xin mai táng",
        "tạm trú",
    ],
)
def test_places_habits_children_and_what_is_done_already_are_no_second_matter(text: str) -> None:
    assert found(text, ("residence", "burial", "death", "absence")) is None


def test_a_story_before_the_first_and_a_question_behind_the_second_do_not_hide_them() -> None:
    told = found("học trường ở huyện xa tạm trú hay tạm vắng học trường xa", ("residence", "absence"))
    assert told == TwoMatters("residence", "absence", either=True)


def test_a_procedure_the_whole_message_is_far_from_is_not_named() -> None:
    assert found("tạm trú hay tạm vắng", ("residence", "card")) is None
