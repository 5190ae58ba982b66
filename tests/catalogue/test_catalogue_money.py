from __future__ import annotations

from datetime import date

import pytest

from catalogue.money import (
    exemption_last_days,
    find_amounts,
    last_days,
    says_free,
    speaks_of_fees,
    speaks_of_reduction,
)


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("50.000 đồng/hồ sơ", {50_000}),
        ("50.000đ/lần", {50_000}),
        ("20.000 vnđ /tờ khai", {20_000}),
        ("15000000/lần Đồng", set()),
        ("200000 đ/tấn", {200_000}),
        ("160.000/hộ chiếu, làm lại: 320.000đ", {160_000, 320_000}),
        ("02 triệu đồng/lần cấp", {2_000_000}),
        ("1,5 triệu đồng", {1_500_000}),
        ("20 nghìn đồng", {20_000}),
        ("dưới 50 tỷ đồng: 10 triệu đồng", {10_000_000}),
        ("theo Mẫu số 22đ Phụ lục", set()),
        ("Thông tư số 64/2025/TT-BTC ngày 30/6/2025", set()),
        ("Điều 20.045.1", set()),
        ("trong 10 ngày", set()),
        ("", set()),
    ],
)
def test_amounts_are_found_in_notes(text: str, amounts: set[int]) -> None:
    assert find_amounts(text) == amounts


@pytest.mark.parametrize("text", ["Miễn phí", "Không thu lệ phí", "miễn lệ phí", "Không thu phí, lệ phí"])
def test_a_note_that_nobody_pays_is_understood(text: str) -> None:
    assert says_free(text)
    assert not speaks_of_fees(text)


@pytest.mark.parametrize(
    "text",
    [
        "Miễn lệ phí cho người thuộc hộ nghèo",
        "miễn phí đối với trẻ em",
        "Mức lệ phí do tỉnh quy định",
        "Thu theo biểu giá của bộ",
        "(Phí thẩm định)",
    ],
)
def test_a_note_that_some_pay_speaks_of_fees(text: str) -> None:
    assert speaks_of_fees(text)


@pytest.mark.parametrize("text", ["hỗ trợ chi phí mai táng", "kinh phí chăm sóc", "miễn học phí", "10 ngày"])
def test_other_money_is_no_fee(text: str) -> None:
    assert not speaks_of_fees(text)


@pytest.mark.parametrize("text", ["bằng 50% mức quy định", "giảm một nửa", "do Hội đồng nhân dân tỉnh quyết định"])
def test_a_reduction_is_understood(text: str) -> None:
    assert speaks_of_reduction(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("từ 01/7/2025 đến hết ngày 31/12/2026", date(2026, 12, 31)),
        ("đến hết 31/12/2026", date(2026, 12, 31)),
        ("áp dụng đến ngày 31 tháng 12 năm 2026", date(2026, 12, 31)),
    ],
)
def test_the_last_day_of_an_amount_is_read(text: str, day: date) -> None:
    assert last_days(text) == (day,)


def test_a_day_that_does_not_exist_is_left_out() -> None:
    assert last_days("đến hết ngày 31/02/2026") == ()


def test_the_end_of_an_exemption_is_not_the_end_of_the_amount() -> None:
    note = "20.000.000 đồng (miễn phí từ ngày 07/4/2026 đến 30/6/2026)"
    assert last_days(note) == ()
    assert exemption_last_days(note) == (date(2026, 6, 30),)
