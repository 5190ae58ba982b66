"""Where a voice that is hard to understand pauses, and what it says instead."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.voices.clearer import Clearer, clearer


@pytest.mark.parametrize(
    ("said", "clear"),
    [
        ("Số phiếu là bốn tám hai một, chín không bảy sáu.", "Số phiếu là bốn tám, hai một, chín không, bảy sáu."),
        ("một hai ba bốn năm", "một hai, ba bốn năm"),
        ("không một hai", "không một hai"),
        ("hai năm một lần", "hai năm một lần"),
        ("hát một năm, chấm năm không", "hát một năm, chấm năm không"),
    ],
)
def test_long_rows_of_digits_are_said_two_by_two_and_a_year_is_none(said: str, clear: str) -> None:
    assert Clearer(digits=2)(said) == clear


def test_a_breath_ends_where_nothing_is_torn() -> None:
    clear = Clearer(breath=6, before=frozenset({"và", "để"}))
    said = "Nộp giấy khai sinh và giấy chứng nhận kết hôn để đăng ký."
    assert clear(said) == "Nộp giấy khai sinh, và giấy chứng nhận kết hôn, để đăng ký."
    assert clear("Nộp giấy khai sinh bản chính của người được khai sinh.") == (
        "Nộp giấy khai sinh bản chính của người được khai sinh."
    )


def test_a_word_that_is_misheard_gives_way_to_another() -> None:
    assert Clearer(instead={"bấm phím": "nhấn số"})("Xin bấm phím một, rồi bấm phím hai.") == (
        "Xin nhấn số một, rồi nhấn số hai."
    )


@given(st.text("mộthainămkhông ,.vàđể", max_size=80))
def test_no_word_is_lost_and_none_is_added(text: str) -> None:
    every = Clearer(digits=2, breath=4, before=frozenset({"và", "để"}))
    assert re.findall(r"\w+", every(text)) == re.findall(r"\w+", text)


def test_every_way_of_this_release_can_be_read() -> None:
    assert all(each("một") for each in clearer().values())
