"""A syllable typed bare in a message that has its diacritics is the word it is written as."""

from __future__ import annotations

import pytest
from places import NLU_DATA

from contract.aspects import Aspect
from contract.questions import QuestionKind
from language.normalise import fold, normalise
from understanding.cues import CueReader
from understanding.questions import questions_of
from understanding.typed import marked, unmarked


@pytest.mark.parametrize(
    "said",
    ["con gái ở xa làm thay được không", "mẹ ở xa nên em làm giùm được không"],
)
def test_far_away_is_no_commune(said: str) -> None:
    question = questions_of(NLU_DATA).read(normalise(said))

    assert question is not None
    assert question.kind is QuestionKind.WHO_MAY


def test_a_tailor_asks_for_no_number() -> None:
    said = normalise("em mở tiệm may ở nhà có phải báo ai")

    assert Aspect.TIME not in CueReader.load(NLU_DATA).read(fold(said), said).aspects


@pytest.mark.parametrize("said", ["lam o xa khac duoc khong", "nop o xa duoc ko"])
def test_where_no_diacritics_are_typed_the_letters_may_be_either(said: str) -> None:
    question = questions_of(NLU_DATA).read(normalise(said))

    assert question is not None
    assert question.kind is QuestionKind.ELSEWHERE


def test_an_abbreviation_that_is_written_out_gives_no_message_diacritics() -> None:
    said = normalise("dong bhxh duoc may nam")

    assert said != fold(said)
    assert marked(said) == said


def test_marks_are_taken_off_again() -> None:
    said = normalise("nhà ở xa, tiệm may nhỏ thôi")

    assert marked(said) != said
    assert unmarked(marked(said)) == said


def test_the_thing_asked_about_holds_no_mark() -> None:
    question = questions_of(NLU_DATA).read(normalise("thợ ở xa có cần hợp đồng may đo không"))

    assert question is not None
    assert question.thing == "hop dong may do"
