"""Telephone numbers are parsed once, into one type that keeps its number to itself."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from language_spellings import random_mobile

from language.phone_number import InvalidPhoneNumber, PhoneKind, PhoneNumber


@pytest.mark.parametrize(
    ("written", "e164", "kind"),
    [
        ("0912345678", "+84912345678", PhoneKind.MOBILE),
        ("0912 345 678", "+84912345678", PhoneKind.MOBILE),
        ("0912.345.678", "+84912345678", PhoneKind.MOBILE),
        ("0912-345-678", "+84912345678", PhoneKind.MOBILE),
        ("+84 912 345 678", "+84912345678", PhoneKind.MOBILE),
        ("+84 0912345678", "+84912345678", PhoneKind.MOBILE),
        ("84912345678", "+84912345678", PhoneKind.MOBILE),
        ("0084912345678", "+84912345678", PhoneKind.MOBILE),
        ("tel:+84912345678", "+84912345678", PhoneKind.MOBILE),
        ("０９１２３４５６７８", "+84912345678", PhoneKind.MOBILE),
        ("0551234567", "+84551234567", PhoneKind.MOBILE),
        ("0871234567", "+84871234567", PhoneKind.MOBILE),
        ("(024) 3825 0000", "+842438250000", PhoneKind.LANDLINE),
        ("+856 20 55 123 456", "+8562055123456", PhoneKind.MOBILE),
        ("00856 20 55 123 456", "+8562055123456", PhoneKind.MOBILE),
        ("+855 23 721 000", "+85523721000", PhoneKind.LANDLINE),
    ],
)
def test_every_usual_writing_gives_the_international_form(written: str, e164: str, kind: PhoneKind) -> None:
    number = PhoneNumber.parse(written)
    assert number.e164 == e164
    assert number.kind is kind
    assert number.last4 == e164[-4:]


@pytest.mark.parametrize("written", ["113", "114", "1022", "18001096", "1800 1096", "1900.0368", "5656", "9241"])
def test_short_codes_stay_as_they_are(written: str) -> None:
    number = PhoneNumber.parse(written)
    assert number.kind is PhoneKind.SHORT_CODE
    assert number.e164 is None
    assert number.address == written.replace(" ", "").replace(".", "")


@pytest.mark.parametrize("written", ["VIETTEL", "UBND XA", "MotCua-1"])
def test_a_sender_with_letters_is_a_name(written: str) -> None:
    number = PhoneNumber.parse(written)
    assert (number.kind, number.address, number.e164, number.last4) == (
        PhoneKind.ALPHANUMERIC,
        written,
        None,
        "",
    )


@pytest.mark.parametrize(
    "written",
    [
        "",
        "12",
        "+",
        "0123456789",
        "01234567890",
        "091234567",
        "09123456789",
        "091234567a8901",
        "+8491",
        "+999123456",
        "0" * 30,
        "a name that is long",
    ],
)
def test_anything_else_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(InvalidPhoneNumber) as refusal:
        PhoneNumber.parse(written)
    assert not written or written not in str(refusal.value)


def test_equal_numbers_are_equal_however_they_were_written() -> None:
    assert PhoneNumber.parse("0912 345 678") == PhoneNumber.parse("+84912345678")
    assert len({PhoneNumber.parse("0912345678"), PhoneNumber.parse("84912345678")}) == 1


@given(st.randoms(use_true_random=False))
def test_a_number_never_shows_in_logs(random: object) -> None:
    written = random_mobile(random)  # type: ignore[arg-type]
    number = PhoneNumber.parse(written)
    for shown in (repr(number), str(number), f"{number}", repr([number])):
        assert written[1:] not in shown
        assert written[-4:] not in shown


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        number = PhoneNumber.parse(text)
    except InvalidPhoneNumber:
        return
    assert number.address


def test_starting_up_does_not_load_the_library_of_foreign_numbers() -> None:
    program = "import sys, language.phone_number; sys.exit('phonenumbers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
