"""Closed choices: which allowed phrase was meant, and when none was."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.recognition.closest_phrase import closest, decided, likenesses
from speech.recognition.recogniser import Heard, Hints

YES_NO = ("đúng", "không phải", "nói lại")
MENU = ("khai sinh", "khai tử", "kết hôn", "hộ khẩu", "đất đai", "gặp cán bộ")


@pytest.mark.parametrize(
    ("heard", "phrases", "meant"),
    [
        ("đúng", YES_NO, "đúng"),
        ("dung", YES_NO, "đúng"),
        ("không phải", YES_NO, "không phải"),
        ("khong fải", YES_NO, "không phải"),
        ("nói lạy", YES_NO, "nói lại"),
        ("khai sinh", MENU, "khai sinh"),
        ("khai xinh", MENU, "khai sinh"),
        ("khai tứ", MENU, "khai tử"),
        ("hết hôn", MENU, "kết hôn"),
        ("Hộ khẩu.", MENU, "hộ khẩu"),
        (unicodedata.normalize("NFD", "đất đai"), MENU, "đất đai"),
        ("đất", MENU, "đất đai"),
        ("khai", MENU, None),
        ("thời tiết hôm nay thế nào", MENU, None),
        ("", MENU, None),
        ("   ", MENU, None),
        ("khai sinh", (), None),
    ],
)
def test_the_nearest_phrase_is_chosen_or_none(heard: str, phrases: tuple[str, ...], meant: str | None) -> None:
    assert closest(heard, phrases) == meant


def test_diacritics_decide_between_phrases_that_are_alike_without() -> None:
    assert closest("bán", ("bạn", "bán"), margin=0.05) == "bán"
    assert closest("ban", ("bạn", "bán"), margin=0.05) is None


def test_a_phrase_named_twice_does_not_compete_with_itself() -> None:
    assert closest("đúng", ("đúng", "đúng")) == "đúng"


@given(st.lists(st.text(max_size=12), max_size=6), st.text(max_size=20))
def test_any_text_gives_one_of_the_phrases_or_none(phrases: list[str], heard: str) -> None:
    assert closest(heard, phrases) in {*phrases, None}
    assert all(0.0 <= one.score <= 1.0 for one in likenesses(heard, phrases))


def test_only_closed_hints_are_decided() -> None:
    heard = Heard("khai xinh", None, 1.0)
    assert decided(heard, Hints(MENU)) == heard
    assert decided(heard, Hints(MENU, closed=True)).phrase == "khai sinh"
    assert decided(heard, Hints(MENU, closed=True)).text == "khai xinh"
