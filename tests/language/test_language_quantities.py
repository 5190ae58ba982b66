"""Quantities in figures and words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.characters import fold
from language.number_words import Dialect, digits_to_words, number_to_words
from language.numbers import parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("hai triệu rưỡi", 2_500_000),
        ("hai trieu ruoi", 2_500_000),
        ("triệu rưỡi", 1_500_000),
        ("trăm rưỡi", 150),
        ("150k", 150_000),
        ("1,5 triệu", 1_500_000),
        ("1tr5", 1_500_000),
        ("5 tr 250", 5_250_000),
        ("500 ngàn", 500_000),
        ("lệ phí 50.000 đồng", 50_000),
        ("1.500.000đ", 1_500_000),
        ("một triệu hai", 1_200_000),
        ("một triệu hai trăm", 1_200_000),
        ("một triệu không nghìn hai trăm", 1_000_200),
        ("một triệu không trăm linh năm", 1_000_005),
        ("hai tỷ ba", 2_300_000_000),
        ("năm nghìn ba", 5_300),
        ("ba trăm hai", 320),
        ("hai trăm lẻ năm", 205),
        ("hăm mốt", 21),
        ("hai lăm", 25),
        ("3 chục", 30),
        ("ba chục", 30),
        ("mười lăm", 15),
        ("2 lít", 200_000),
        ("tôi có 3 con", 3),
        ("năm 2026", 2026),
        ("0", 0),
    ],
)
def test_a_quantity_is_read(text: str, value: int) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["không", "xin chào", "1,5", "", "bao nhiêu tiền", "1" * 30])
def test_no_whole_quantity_gives_nothing(text: str) -> None:
    assert parse_number(text) is None


@given(st.integers(min_value=1, max_value=999_999_999_999), st.sampled_from(list(Dialect)))
def test_numbers_in_words_come_back(number: int, dialect: Dialect) -> None:
    assert parse_number(number_to_words(number, dialect)) == number
    assert parse_number(fold(number_to_words(number, dialect))) == number


@given(st.integers(min_value=0, max_value=10**15))
def test_figures_with_dots_come_back(number: int) -> None:
    assert parse_number(f"{number:,}".replace(",", ".") + " đồng") == number


@given(st.text(max_size=120))
def test_any_text_gives_a_number_or_nothing(text: str) -> None:
    value = parse_number(text)
    assert value is None or value >= 0


@pytest.mark.parametrize(
    ("number", "north", "south"),
    [
        (0, "không", "không"),
        (10, "mười", "mười"),
        (15, "mười lăm", "mười lăm"),
        (21, "hai mươi mốt", "hai mươi mốt"),
        (24, "hai mươi tư", "hai mươi bốn"),
        (105, "một trăm linh năm", "một trăm lẻ năm"),
        (1_000, "một nghìn", "một ngàn"),
        (2_026, "hai nghìn không trăm hai mươi sáu", "hai ngàn không trăm hai mươi sáu"),
        (50_000, "năm mươi nghìn", "năm mươi ngàn"),
        (1_000_200, "một triệu không nghìn hai trăm", "một triệu không ngàn hai trăm"),
        (10**12, "một nghìn tỷ", "một ngàn tỷ"),
        (-7, "âm bảy", "âm bảy"),
    ],
)
def test_numbers_are_written_as_north_and_south_say_them(number: int, north: str, south: str) -> None:
    assert number_to_words(number) == north
    assert number_to_words(number, Dialect.SOUTH) == south


def test_a_number_without_everyday_words_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        number_to_words(10**27)


def test_digits_are_said_one_by_one() -> None:
    assert digits_to_words("0975") == "không chín bảy năm"
