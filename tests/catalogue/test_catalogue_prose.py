from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.importers.prose import (
    clean_decision,
    clean_name,
    clean_place,
    clean_result,
    clean_source,
    law_number_in,
    read_date,
    read_levels,
    split_conditions,
    split_list,
    split_steps,
)
from catalogue.record import Level


@pytest.mark.parametrize(
    ("published", "told"),
    [
        ("Thủ tục đăng ký khai sinh", "Đăng ký khai sinh"),
        ("THỦ TỤC: cấp giấy phép", "Cấp giấy phép"),
        ("Thủ tục hải quan đối với hàng bán ở biên giới", "Thủ tục hải quan đối với hàng bán ở biên giới"),
        ("Thủ tục đối với hàng quà biếu", "Thủ tục đối với hàng quà biếu"),
        ("Thủ tục cho phép mang tiền qua biên giới", "Cho phép mang tiền qua biên giới"),
        ("Cấp\xa0lại  giấy phép.", "Cấp lại giấy phép"),
    ],
)
def test_the_heading_of_a_name_is_taken_off(published: str, told: str) -> None:
    assert clean_name(published) == told


@pytest.mark.parametrize(
    ("label", "published", "told"),
    [
        ("numbered", "Bước 1: Nộp hồ sơ.\nBước 2: Chờ giấy.", ("Nộp hồ sơ.", "Chờ giấy.")),
        ("in one line", "Bước 1. Nộp đơn. Bước 2. Chờ giấy.", ("Nộp đơn.", "Chờ giấy.")),
        ("with marks", "a) Bước 1: Nộp đơn\n- Tại xã\nb) Bước 2: Chờ giấy", ("Nộp đơn: Tại xã", "Chờ giấy")),
        ("with a heading", "Trình tự thực hiện:\n+ Bước 1: Nộp đơn\n+ Bước 2: Nhận", ("Nộp đơn", "Nhận")),
        ("without numbers", "- Nộp đơn tại xã.\n- Nhận giấy.", ("Nộp đơn tại xã.", "Nhận giấy.")),
        ("wrapped lines", "Nộp hồ sơ tại\nxã nơi ở.", ("Nộp hồ sơ tại xã nơi ở.",)),
        ("nothing", "Không có thông tin", ()),
    ],
)
def test_steps_are_split(label: str, published: str, told: tuple[str, ...]) -> None:
    assert split_steps(published) == told, label


@given(st.text(max_size=400))
def test_splitting_any_text_gives_clean_steps(text: str) -> None:
    assert all(step == " ".join(step.split()) and step for step in split_steps(text))


@pytest.mark.parametrize(
    ("published", "told"),
    [
        ("Giấy khai sinhMã: KQ.G15.000031", "Giấy khai sinh"),
        ("Thẻ AMã: KQ.G24.000002Thẻ BMã: G19-KQ006098", "Thẻ A; Thẻ B"),
        ("Biên bản.Mã: KQ.G10.001159- biên bản.Mã: KQ.G10.001160", "Biên bản"),
        ("Giấy CMã: Test_P001", "Giấy C"),
        ("Giấy DMã: asdfChứng chỉ EMã: Chưa xác định", "Giấy D; Chứng chỉ E"),
        ("Quyết định (KQ.G18.000320, 000321)", "Quyết định"),
        ("Không có thông tin", None),
        ("", None),
    ],
)
def test_result_codes_are_taken_out(published: str, told: str | None) -> None:
    assert clean_result(published) == told


@pytest.mark.parametrize(
    ("published", "told"),
    [
        ("Không", ()),
        ("Không có thông tinTừ khóaKhông có thông tinMô tảKhông có thông tin", ()),
        ("- Đủ 18 tuổi;\n- Có nhà\nTừ khóa:", ("Đủ 18 tuổi", "Có nhà")),
    ],
)
def test_conditions_lose_the_labels_of_the_page(published: str, told: tuple[str, ...]) -> None:
    assert split_conditions(published) == told


@pytest.mark.parametrize(
    ("published", "told"),
    [
        ("Công an cấp xã (BCA_CAX)", "Công an cấp xã"),
        ("Bảo hiểm xã hội tỉnh, Bảo hiểm xã hội cấp huyện", "Bảo hiểm xã hội tỉnh"),
        ("Công an huyện", None),
        ("Không có thông tin", None),
        ("dài " * 100, None),
    ],
)
def test_an_office_that_no_longer_exists_is_not_told(published: str, told: str | None) -> None:
    assert clean_place(published) == told


@pytest.mark.parametrize(
    ("published", "told"),
    [
        ("Quyết định số 6225/QĐ-BQP", "6225/QĐ-BQP"),
        ("3980 /QĐ-BQP", "3980/QĐ-BQP"),
        ("SỐ 64/QĐ-NHNN", "64/QĐ-NHNN"),
        ("Demo/QĐ-BCA", None),
        ("01/QĐCB", None),
        ("", None),
    ],
)
def test_decision_numbers_are_told_alone(published: str, told: str | None) -> None:
    assert clean_decision(published) == told


@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("2026-07-20", date(2026, 7, 20)),
        ("2026-09 (crawler)", date(2026, 9, 1)),
        ("2025 (.doc export)", date(2025, 1, 1)),
        ("2026-13-40", None),
        ("hôm qua", None),
        ("20260720", None),
        ("", None),
    ],
)
def test_the_day_of_a_snapshot_is_read(published: str, day: date | None) -> None:
    assert read_date(published) == day


def test_levels_are_read_and_an_abolished_one_is_left_out() -> None:
    assert read_levels(["Cấp xã", "Cấp Huyện", "CẤP BỘ", "Cơ quan lạ"]) == (
        Level.COMMUNE,
        Level.MINISTRY,
        Level.OTHER,
    )


def test_commas_in_brackets_do_not_separate() -> None:
    assert split_list("Công dân, Tổ chức (không gồm A, B), Hợp tác xã") == [
        "Công dân",
        "Tổ chức (không gồm A, B)",
        "Hợp tác xã",
    ]


def test_a_law_is_found_in_its_title() -> None:
    assert law_number_in("Nghị định số 104/2022/NĐ-CP ngày 21/12/2022") == "104/2022/NĐ-CP"


@pytest.mark.parametrize(
    ("published", "told"),
    [
        ("https://dichvucong.gov.vn/a", "https://dichvucong.gov.vn/a"),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_only_web_addresses_are_sources(published: str, told: str | None) -> None:
    assert clean_source(published) == told
