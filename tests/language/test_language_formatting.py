"""Money, dates and messages as they are written."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.formatting import format_date, format_money, strip_diacritics_for_sms

GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


def test_money_has_dots_between_thousands() -> None:
    assert format_money(50_000) == "50.000 đồng"
    assert format_money(0) == "0 đồng"
    assert format_money(1_500_000) == "1.500.000 đồng"


def test_dates_have_day_month_and_year() -> None:
    assert format_date(dt.date(2026, 12, 31)) == "31/12/2026"
    assert format_date(dt.date(2026, 1, 5)) == "05/01/2026"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Đăng ký KHAI SINH ở Ủy ban", "Dang ky KHAI SINH o Uy ban"),
        ("“Một cửa” – miễn phí…", '"Mot cua" - mien phi...'),
        ("• Giấy tờ\n• Ảnh", "- Giay to\n- Anh"),
        ("Ea H’Leo", "Ea H'Leo"),
        ("Xong 😀 nhé", "Xong nhe"),
        ("giâ\u0301y", "giay"),
        ("5 m²", "5 m2"),
    ],
)
def test_a_message_fits_the_small_alphabet(text: str, plain: str) -> None:
    assert strip_diacritics_for_sms(text) == plain


@given(st.text(max_size=100))
def test_any_text_ends_in_gsm7(text: str) -> None:
    plain = strip_diacritics_for_sms(text)
    assert set(plain) <= GSM7
    assert strip_diacritics_for_sms(plain) == plain
