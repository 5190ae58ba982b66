"""Digits typed and said are heard as digits, and words that only look like digits are not."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from language_spellings import (
    LAST_FOUR_SENTENCES,
    NUMBER_SENTENCES,
    random_mobile,
    said_number,
    spoken_digits_in_style,
    typed_number,
)

from language.number_words import Dialect, digits_to_words
from language.numbers import spoken_digits

SAMPLE = 1_500


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("không chín tám, một hai ba, bốn năm sáu bảy", "0981234567"),
        ("khong chin mot hai ba bon nam sau bay tam", "0912345678"),
        ("oh chín trăm mười hai ba trăm bốn mươi lăm sáu trăm bảy mươi tám", "0912345678"),
        ("không chín bảy, hai con tám, bốn năm sáu, một hai", "0978845612"),
        ("bốn số cuối là không chín bảy lăm", "0975"),
        ("bốn chữ số cuối điện thoại là hai mươi lăm ba mốt", "2531"),
        ("hăm mốt bảy tư", "2174"),
        ("ba số không một", "0001"),
        ("hai số tám hai số chín", "8899"),
        ("bốn số tám", "8888"),
        ("tứ quý tám", "8888"),
        ("chín nghìn bảy trăm tám mươi sáu", "9786"),
        ("một ngàn không trăm lẻ năm", "1005"),
        ("không không bảy bảy", "0077"),
        ("sáu mươi bảy tám mươi chín", "6789"),
        ("chín chính năm bẩy", "9957"),
        ("hai nhăm ba mươi", "2530"),
        ("một tám không không một không chín sáu", "18001096"),
        ("dạ thưa cán bộ là năm sáu bảy tám ạ", "5678"),
        ("số hai", "2"),
        ("bấm phím không", "0"),
        ("năm", "5"),
        ("o chín một hai ba bốn năm sáu bảy tám", "0912345678"),
        ("mười hai", "12"),
    ],
)
def test_digits_said_in_everyday_ways_are_heard(said: str, digits: str) -> None:
    assert spoken_digits(said) == digits


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("0912 345 678", "0912345678"),
        ("0912.345.678", "0912345678"),
        ("12.34", "1234"),
        ("+84 912 345 678", "84912345678"),
        ("O912345678", "0912345678"),
        ("09l2345678", "0912345678"),
        ("sdt0912345678", "0912345678"),
        ("sđt: 0912345678.Cảm ơn", "0912345678"),
        ("4 số cuối là 0975", "0975"),
        ("không chín 1 2 ba 4 5 6 7 8", "0912345678"),
        ("០៩១២ ៣៤៥ ៦៧៨", "0912345678"),
        ("căn cước 001 084 012 345", "001084012345"),
        ("0912345678/0987654321", "0912345678"),
        ("0912 345 678 - 0987 654 321", "0912345678"),
        ("2", "2"),
    ],
)
def test_typed_digits_are_read_in_groups_and_scripts(typed: str, digits: str) -> None:
    assert spoken_digits(typed) == digits


@pytest.mark.parametrize(
    "text",
    [
        "không",
        "không biết",
        "có được không",
        "không có ạ",
        "ba tôi mất rồi",
        "ba mẹ tôi ở quê",
        "năm nay tôi ba mươi tuổi",
        "ở đây ba bốn năm rồi",
        "năm năm rồi",
        "một cửa ở đâu",
        "tôi muốn hỏi một việc",
        "hai vợ chồng",
        "thứ hai có làm không",
        "tám giờ sáng",
        "phí 50.000 đồng",
        "hết 50k",
        "con tôi 3 tuổi",
        "sinh ngày 12/3/1984",
        "năm 2026",
        "7h30",
        "giảm 50%",
        "hồ sơ H15.50.05.13-261008-0975",
        "xe 29H1-12345",
        "theo 163/QĐ-BTP",
        "mẫu CT01",
        "một trăm nghìn đồng",
        "em gửi 4 số cuối ạ",
        "cho em bốn chữ số cuối của căn cước",
        "",
    ],
)
def test_words_amounts_dates_and_codes_are_no_digits(text: str) -> None:
    assert spoken_digits(text) is None


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("số 1234 à nhầm 1235", "1235"),
        ("tôi nhầm, số 0912345679 mới đúng", "0912345679"),
        ("không phải, một hai ba bốn ạ", "1234"),
        ("không, một hai ba bốn", "1234"),
        ("làm được không 0912345678", "0912345678"),
        ("số 0912345678 được không", "0912345678"),
        ("thông tư 60 số 0912345678", "0912345678"),
    ],
)
def test_denials_questions_and_corrections_are_not_mixed_in(said: str, digits: str) -> None:
    assert spoken_digits(said) == digits


def test_the_expected_length_decides_between_readings() -> None:
    assert spoken_digits("hai mươi ba bốn", lengths=(3,)) == "234"
    assert spoken_digits("hai mươi ba bốn", lengths=(4,)) == "2034"
    assert spoken_digits("không một hai ba bốn", lengths=(4,)) == "1234"
    assert spoken_digits("không một hai ba bốn", lengths=(5,)) == "01234"


def _accuracy(random: Random, sentences: list[str], make: object, write: object) -> float:
    right = 0
    for _ in range(SAMPLE):
        digits = make(random)  # type: ignore[operator]
        text = random.choice(sentences).format(write(digits, random))  # type: ignore[operator]
        right += spoken_digits(text) == digits
    return right / SAMPLE


def _last_four(random: Random) -> str:
    return f"{random.randrange(10_000):04}"


def test_last_four_digits_are_heard_in_every_style() -> None:
    assert _accuracy(Random(1), LAST_FOUR_SENTENCES, _last_four, said_number) >= 0.995
    assert _accuracy(Random(2), LAST_FOUR_SENTENCES, _last_four, typed_number) == 1.0


def test_phone_numbers_are_heard_in_every_style() -> None:
    # What is left are words without diacritics that mean two numbers: "sau muoi hai" is 6 12 and 62.
    assert _accuracy(Random(3), NUMBER_SENTENCES, random_mobile, said_number) >= 0.99
    assert _accuracy(Random(4), NUMBER_SENTENCES, random_mobile, typed_number) == 1.0


@given(st.text(alphabet="0123456789", min_size=4, max_size=12), st.booleans())
def test_digits_read_one_by_one_come_back(digits: str, without_diacritics: bool) -> None:
    said = digits_to_words(digits)
    lengths = (len(digits),)
    assert spoken_digits(f"số là {said}", lengths=lengths) == digits


@given(
    st.text(alphabet="0123456789", min_size=4, max_size=12),
    st.sampled_from(["pairs", "triples", "mixed"]),
    st.sampled_from(list(Dialect)),
    st.randoms(use_true_random=False),
)
def test_digits_read_in_pairs_and_triples_come_back(digits: str, style: str, dialect: Dialect, random: Random) -> None:
    said = spoken_digits_in_style(digits, random, style, dialect)
    heard = spoken_digits(f"mã số {said}", lengths=(len(digits),))
    assert heard is not None
    assert len(heard) == len(digits)


@given(st.text(max_size=120))
def test_any_text_gives_digits_or_nothing(text: str) -> None:
    heard = spoken_digits(text)
    assert heard is None or (heard.isascii() and heard.isdigit())
