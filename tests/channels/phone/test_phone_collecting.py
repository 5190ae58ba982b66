"""Digits come by keys, by voice, or both, in as many pieces as a caller needs."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.dossiers.sandbox import SandboxDossier, read_sandbox
from channels.phone.dialogue.collecting import (
    CODE_DIGITS,
    LAST4_DIGITS,
    NUMBER_DIGITS,
    can_be_code,
    in_groups,
    keyed,
    said,
)

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("before", "keys", "digits"),
    [
        ("", "1550", "1550"),
        ("1550", "0521", "15500521"),
        ("1550", "0521#", "15500521"),
        ("1550", "99*0521#", "0521"),
        ("1550", "*", ""),
        ("", "0", "0"),
        ("1", "0", "10"),
    ],
)
def test_keys_are_added_until_star_starts_over(before: str, keys: str, digits: str) -> None:
    assert keyed(before, keys).digits == digits


READ_OUT = "hát mười lăm chấm năm mươi chấm không năm chấm ba bốn gạch hai sáu một một hai hai gạch chín một không sáu"


@pytest.mark.parametrize(
    ("before", "words", "digits"),
    [
        ("", READ_OUT, "155005342611229106"),
        ("", "H15.50.05.21-261123-9101", "155005212611239101"),
        ("99", "H15.50.05.21-261123-9101", "155005212611239101"),
        ("1550", "không năm hai một", "15500521"),
    ],
)
def test_a_code_may_be_read_out_whole_or_in_pieces(before: str, words: str, digits: str) -> None:
    collected = said(before, words, CODE_DIGITS, TODAY)
    assert collected is not None
    assert collected.digits == digits


def test_a_whole_spoken_code_keeps_its_letters() -> None:
    collected = said("", "mã H15.50.05.21-261123-9101 nhé", CODE_DIGITS, TODAY)
    assert collected is not None
    assert collected.code == "H15.50.05.21-261123-9101"
    assert collected.is_whole(CODE_DIGITS, TODAY, sure=False)


@pytest.mark.parametrize(
    ("digits", "usual", "rare"),
    [
        ("155005212611239101", True, True),
        ("0000001292611199108", True, True),
        ("3898292611169113", True, True),
        ("22412611039110", True, True),
        ("0920202611210998107", True, True),
        ("492011726111691", False, False),
        ("49201172611169109", False, True),
        ("15505212611239101", False, True),
        ("15500521261123910", False, False),
        ("155005212613239101", False, False),
        ("155005214011239101", False, False),
    ],
)
def test_digits_can_be_a_code_only_as_codes_are_made(digits: str, usual: bool, rare: bool) -> None:
    assert can_be_code(digits, TODAY) is usual
    assert can_be_code(digits, TODAY, rare=True) is rare


@pytest.mark.parametrize("dossier", read_sandbox(), ids=lambda dossier: dossier.code)
def test_every_code_of_the_sandbox_can_be_one(dossier: SandboxDossier) -> None:
    assert can_be_code("".join(filter(str.isdigit, dossier.code)), TODAY)


def test_words_without_digits_are_no_entry() -> None:
    assert said("1550", "tôi không nhớ mã", CODE_DIGITS, TODAY) is None


@pytest.mark.parametrize(
    ("words", "digits"),
    [("không một một bốn", "0114"), ("số cuối là 0 1 1 4", "0114"), ("0900000114", "0900000114")],
)
def test_the_last_four_are_heard_however_they_are_said(words: str, digits: str) -> None:
    collected = said("", words, LAST4_DIGITS, TODAY)
    assert collected is not None
    assert collected.digits == digits
    assert collected.is_whole(LAST4_DIGITS, TODAY, sure=False)


def test_a_telephone_number_is_ten_or_eleven_digits() -> None:
    assert keyed("", "0900000123").is_whole(NUMBER_DIGITS, TODAY, sure=True)
    assert keyed("", "02438250000").is_whole(NUMBER_DIGITS, TODAY, sure=True)
    assert not keyed("", "090000012").is_whole(NUMBER_DIGITS, TODAY, sure=True)
    assert keyed("", "090000012345").is_too_long(NUMBER_DIGITS)


def test_digits_are_read_back_in_groups() -> None:
    assert in_groups("15500") == "1 5 5, 0 0"
    assert in_groups("12345678", 4) == "1 2 3 4, 5 6 7 8"


@given(st.text("0123456789", max_size=70), st.text("0123456789*#", max_size=70))
def test_keys_in_any_order_leave_digits_only(before: str, keys: str) -> None:
    digits = keyed(before, keys).digits
    assert len(digits) <= 64
    assert not set(digits) - set("0123456789")


@given(st.text("0123456789", max_size=30), st.text(max_size=80))
def test_any_words_are_digits_or_nothing(before: str, words: str) -> None:
    collected = said(before, words, CODE_DIGITS, TODAY)
    assert collected is None or collected.digits.isdigit()
