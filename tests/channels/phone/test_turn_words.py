"""Words tell when a turn is over, before silence does."""

from __future__ import annotations

import pytest

from channels.phone.calls.hearing import chosen_so_far
from channels.phone.calls.turn_words import turn_words
from speech.listening.turn_end import Completeness


@pytest.mark.parametrize(
    "text",
    ["làm giấy khai sinh cần gì", "Lệ phí bao nhiêu", "đăng ký tạm trú mất bao lâu", "nộp ở đâu ạ", "hồ sơ xong chưa"],
)
def test_a_whole_question_is_over(text: str) -> None:
    assert turn_words().ends(text)
    assert not turn_words().hangs(text)


@pytest.mark.parametrize(
    "text", ["tôi muốn làm giấy cho", "nhà tôi ở xóm ba thì", "giấy khai sinh và", "mã số", "tôi muốn hỏi về"]
)
def test_a_hanging_word_wants_another(text: str) -> None:
    assert turn_words().hangs(text)
    assert not turn_words().ends(text)


@pytest.mark.parametrize("text", ["", "làm giấy khai sinh", "cần gì", "tạm trú", "thi bằng lái xe"])
def test_of_everything_else_words_tell_nothing(text: str) -> None:
    assert not turn_words().hangs(text)
    assert not turn_words().ends(text)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("đúng rồi", Completeness.COMPLETE),
        ("đún rồi", Completeness.COMPLETE),
        ("đúng", Completeness.OPEN),
        ("không", Completeness.OPEN),
        ("giấy khai sinh cần gì", Completeness.OPEN),
    ],
)
def test_an_answer_to_a_closed_question_is_whole_where_it_is_near_one_phrase(said: str, found: Completeness) -> None:
    assert chosen_so_far(said, ("đúng", "đúng rồi", "không", "không phải", "phải rồi")) is found


def test_no_ending_hangs() -> None:
    assert not turn_words().ending & turn_words().hanging
