"""A text becomes sentences a voice can say in one go, each in its own language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.voices.passages import LONGEST_PASSAGE, chunks, passages
from speech.voices.voice import Accent, Style


def said(text: str, style: Style | None = None) -> list[tuple[str, str]]:
    return [(passage.language, passage.text) for passage in passages(text, style or Style())]


def test_each_sentence_is_a_passage_with_figures_written_out() -> None:
    assert said("Lệ phí: 50.000 đồng.\nThời gian: 3 ngày. Gọi 18001096!") == [
        ("vi", "Lệ phí, năm mươi nghìn đồng."),
        ("vi", "Thời gian, ba ngày."),
        ("vi", "Gọi một tám không không, một không chín sáu!"),
    ]


def test_the_south_hears_its_own_number_words() -> None:
    assert said("5.000 đồng", Style(accent=Accent.SOUTH)) == [("vi", "năm ngàn đồng")]


def test_vietnamese_facts_in_an_english_answer_go_to_the_vietnamese_voice() -> None:
    assert said("Birth registration needs: Tờ khai đăng ký khai sinh (1 original). Call 18001096.", Style("en")) == [
        ("en", "Birth registration needs:"),
        ("vi", "Tờ khai đăng ký khai sinh"),
        ("en", "1 original,"),
        ("en", "Call 1 8 0 0, 1 0 9 6."),
    ]


def test_a_minority_language_is_looked_up_by_the_vietnamese_words() -> None:
    assert said("Phím 1: giấy tờ.", Style("hmn")) == [("vi", "Phím một, giấy tờ.")]


@pytest.mark.parametrize("text", ["", "  ", "...", "\n-\n", "“”"])
def test_a_text_without_words_is_nothing(text: str) -> None:
    assert passages(text, Style()) == ()


def test_a_long_sentence_is_cut_after_commas() -> None:
    part = "tờ khai đăng ký khai sinh theo mẫu, "
    found = chunks((part * 12).strip())
    assert len(found) == 3
    assert all(chunk.endswith(",") for chunk in found)


def test_there_is_a_longer_pause_after_a_sentence_than_inside_one() -> None:
    first, second = passages("giấy tờ, " * 30, Style())
    assert 0 < first.pause < second.pause
    assert passages("Xin chào.", Style(speed=2.0))[0].pause < passages("Xin chào.", Style())[0].pause


@given(st.text(alphabet="aạ 1.,:", max_size=900), st.integers(5, 60))
def test_chunks_lose_no_word_and_keep_the_limit(text: str, longest: int) -> None:
    sentence = " ".join(text.split())
    found = chunks(sentence, longest)
    assert all(0 < len(chunk) <= longest for chunk in found)
    assert "".join(found).replace(" ", "") == sentence.replace(" ", "")


@given(st.text(max_size=400), st.sampled_from(["vi", "en", "hmn"]))
def test_any_text_becomes_passages_a_voice_takes(text: str, language: str) -> None:
    for passage in passages(text, Style(language)):
        assert len(passage.text) <= LONGEST_PASSAGE
        assert any(sign.isalnum() for sign in passage.text)
        assert passage.language in {"vi", "en"}


@pytest.mark.parametrize("speed", [0.5, 2.1, 0.0, float("nan")])
def test_a_speed_no_voice_can_do_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        Style(speed=speed)
