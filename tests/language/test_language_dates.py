"""Lunar dates are recognised, so that they can be asked about; they are never converted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.dates import find_lunar_date


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cháu sinh mùng ba Tết thì khai sinh thế nào", "mùng ba tết"),
        ("chau sinh mung 3 tet", "mung 3 tet"),
        ("mẹ tôi mất rằm tháng bảy", "rằm tháng bảy"),
        ("bo toi mat 15 thang chap", "15 thang chap"),
        ("sinh ngày 12 tháng 8 âm lịch", "12 tháng 8 âm lịch"),
        ("cụ mất ba mươi Tết", "ba mươi tết"),
        ("giỗ tháng giêng", "tháng giêng"),
    ],
)
def test_a_lunar_date_is_recognised(text: str, said: str) -> None:
    found = find_lunar_date(text)
    assert found is not None
    assert found.said == said


@pytest.mark.parametrize(
    "text",
    [
        "sinh ngày 12/8/2024",
        "ngày mốt tôi lên xã",
        "mùng 5 tháng 9 nộp được không",
        "tháng tám",
        "rằm",
        "làm khai sinh",
        "",
    ],
)
def test_other_dates_are_not(text: str) -> None:
    assert find_lunar_date(text) is None


@given(st.text(max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    find_lunar_date(text)
