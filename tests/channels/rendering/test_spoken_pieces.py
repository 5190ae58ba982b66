"""What is said in one go on the telephone, and how soon the first of it ends."""

from __future__ import annotations

import pytest

from channels.rendering.speech import CHARACTERS_A_SECOND, PIECE_CHARACTERS, pieces_of, spoken
from language.number_words import Dialect

NAME = "Đăng ký khai sinh."
PAPERS = "Anh chị mang tờ khai và giấy chứng sinh đến Ủy ban nhân dân xã."
FEE = "Làm đúng hạn thì không mất tiền."
TIME = "Thường trả trong ngày."


def test_without_a_limit_short_lines_are_one_piece() -> None:
    assert pieces_of([NAME, PAPERS, FEE]) == ("\n".join([NAME, PAPERS, FEE]),)


def test_nothing_to_say_is_one_empty_piece() -> None:
    assert pieces_of([]) == ("",)


def test_the_first_piece_ends_with_the_last_sentence_there_is_breath_for() -> None:
    breath = (len(f"{NAME}\n{PAPERS}\n{FEE}") + CHARACTERS_A_SECOND) // CHARACTERS_A_SECOND
    assert pieces_of([NAME, f"{PAPERS} {FEE} {TIME}"], breath)[0] == f"{NAME}\n{PAPERS}\n{FEE}"


def test_sentences_of_one_line_are_parted_and_none_is_lost() -> None:
    first, *others = pieces_of([NAME, f"{PAPERS} {FEE} {TIME}"], breath=6)
    assert (first, others) == (f"{NAME}\n{PAPERS}", [f"{FEE}\n{TIME}"])


def test_a_sentence_that_takes_longer_is_said_whole() -> None:
    assert pieces_of([f"{PAPERS} {FEE}"], breath=1) == (PAPERS, FEE)


def test_a_name_alone_is_no_answer() -> None:
    assert pieces_of([NAME, PAPERS, FEE], breath=1)[0] == f"{NAME}\n{PAPERS}"


def test_the_place_of_a_city_ends_no_sentence() -> None:
    line = "Nộp tại Sở Tư pháp TP. Huế trong giờ hành chính."
    assert pieces_of([line, FEE], breath=1) == (line, FEE)


@pytest.mark.parametrize("breath", [None, 5])
def test_figures_take_as_long_as_they_are_said(breath: int | None) -> None:
    # Twenty dates are 220 signs, and 800 letters aloud.
    dates = [f"Ngày 1{number}/10/2026." for number in range(10)] * 2
    pieces = pieces_of(dates, breath)
    assert len("\n".join(dates)) < 2 * PIECE_CHARACTERS
    assert len(pieces) >= 4
    assert "\n".join(pieces).split("\n") == dates


@pytest.mark.parametrize(("dialect", "thousand"), [(Dialect.NORTH, "năm nghìn"), (Dialect.SOUTH, "năm ngàn")])
def test_amounts_are_said_as_the_region_says_them(dialect: Dialect, thousand: str) -> None:
    assert thousand in spoken("Lệ phí 5.000 đồng", "vi", dialect)
