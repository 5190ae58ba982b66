"""Personal data typed into a request for papers is hidden; the papers stay."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.dossiers.freetext import without_personal_data


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("gọi 0900000199", "gọi (số được ẩn)"),
        ("gọi 0900.000.199 nhé", "gọi (số được ẩn) nhé"),
        ("gọi +84 900 000 199.", "gọi (số được ẩn)."),
        ("gọi 0900-000-199", "gọi (số được ẩn)"),
        ("CCCD 000000007001", "CCCD (số được ẩn)"),
        ("CMND 000 000 701", "CMND (số được ẩn)"),
        ("gửi về mau@vidu.example", "gửi về (thư điện tử được ẩn)"),
        ("bà Trần Thị Mẫu ký lại", "bà (tên được ẩn) ký lại"),
        ("chị Mẫu ký lại đơn", "chị (tên được ẩn) ký lại đơn"),
        ("đơn của Nguyễn Văn Mẫu", "đơn của (tên được ẩn)"),
        ("đơn của NGUYỄN VĂN MẪU", "đơn của (tên được ẩn)"),
        ("đơn của " + unicodedata.normalize("NFD", "Lê Thị Ví Dụ"), "đơn của (tên được ẩn)"),
        ("Bản sao\n  giấy\tkhai sinh", "Bản sao giấy khai sinh"),
    ],
)
def test_people_are_hidden(typed: str, told: str) -> None:
    assert without_personal_data(typed) == told


@pytest.mark.parametrize(
    "text",
    [
        "Bản sao giấy chứng sinh (02 bản)",
        "Thửa đất số 12, tờ bản đồ số 7, diện tích 1.250,5 m2",
        "Lệ phí 1.500.000.000 đồng",
        "Theo Nghị định 118/2025/NĐ-CP ngày 09/06/2025",
        "Ảnh 4x6 chụp trong 06 tháng",
        "Giấy xác nhận của UBND thành phố Hồ Chí Minh",
        "Giấy xác nhận của phường Võ Thị Sáu",
        "Anh chị em ruột cùng ký",
        "NỘP LẠI HỒ SƠ GỐC VÀ PHIẾU LÝ LỊCH TƯ PHÁP",
        "Giấy tờ của tỉnh Bà Rịa - Vũng Tàu cũ",
    ],
)
def test_papers_places_and_amounts_stay(text: str) -> None:
    assert without_personal_data(text) == text


@given(st.text(), st.from_regex(r"0[35789][0-9]{8}", fullmatch=True))
def test_no_mobile_number_survives_any_surroundings(around: str, number: str) -> None:
    assert number not in without_personal_data(f"{around} {number} {around}")


@given(st.text())
def test_the_result_is_one_nfc_line_without_surprises(text: str) -> None:
    told = without_personal_data(text)

    assert told == unicodedata.normalize("NFC", told)
    assert told == " ".join(told.split())
