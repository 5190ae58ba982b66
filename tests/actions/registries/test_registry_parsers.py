"""What each registry's answer says of one key; an answer that cannot be used is nobody's, and never somebody else's."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registry_samples import KEYS, PERSON, RECORDS, TODAY, words

from actions.dossiers.backend import BackendError, BackendUnavailable, UnusableRecord
from actions.registries.kind import parse
from actions.registries.kinds import KINDS
from actions.registries.registry import RegistryEntry

each_kind = pytest.mark.parametrize("matter", KINDS)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def answered(matter: str, *records: Any, key: str | None = None) -> list[RegistryEntry]:
    return parse(KINDS[matter], {"error_code": "00", "data": list(records)}, key or KEYS[matter], words(), TODAY)


def told(matter: str, **changed: Any) -> dict[str, str]:
    (found,) = answered(matter, {**RECORDS[matter], **PERSON, **changed})
    return {part: by_language["vi"] for part, by_language in found.told.items()}


@each_kind
def test_an_entry_is_read_with_what_its_person_proves_it_by(matter: str) -> None:
    (found,) = answered(matter, {**RECORDS[matter], **PERSON})
    assert (found.key, found.endings, found.phone) == (KEYS[matter], ("0901", "8901"), "0900000901")
    assert "0901" not in repr(found)
    assert found.key not in repr(found)
    for by_language in found.told.values():
        assert list(by_language) == ["vi", "en"]
    # The last says where one sees it oneself.
    assert list(found.told)[-1] == "see"


@each_kind
def test_nobody_hears_who_they_are_or_what_their_number_is(matter: str) -> None:
    (found,) = answered(matter, {**RECORDS[matter], **PERSON, "hoTen": "NGUYỄN VĂN MẪU", "diaChi": "Nhà số 1, xóm Thử"})
    for by_language in found.told.values():
        for sentence in by_language.values():
            for personal in ("MẪU", "xóm Thử", "0901", KEYS[matter]):
                assert personal not in sentence


@each_kind
def test_a_key_without_letters_finds_those_with_its_digits(matter: str) -> None:
    digits = "".join(sign for sign in KEYS[matter] if sign.isdigit())
    assert [one.key for one in answered(matter, {**RECORDS[matter], **PERSON}, key=digits)] == [KEYS[matter]]


@each_kind
def test_another_key_is_not_found(matter: str) -> None:
    other = {**RECORDS[matter], **PERSON, KINDS[matter].field: "XX 99999999"}
    assert answered(matter, other, None, "x", 7, []) == []
    assert parse(KINDS[matter], {"data": None}, KEYS[matter], words(), TODAY) == []


@each_kind
def test_the_right_key_with_different_people_is_told_to_nobody(matter: str) -> None:
    somebody = {"soDienThoai": "0900000777", "soDinhDanh": "000000008777"}
    with pytest.raises(UnusableRecord):
        answered(matter, {**RECORDS[matter], **PERSON}, {**RECORDS[matter], **somebody})
    with pytest.raises(UnusableRecord):
        answered(matter, RECORDS[matter])


@pytest.mark.parametrize(
    ("matter", "changed", "part", "sentence"),
    [
        ("population", {}, "address", "đã được cập nhật ngày 12/11/2026"),
        ("population", {"trangThaiCuTru": "0", "ngayCapNhatCuTru": None}, "address", "chưa được cập nhật"),
        ("population", {"trangThaiCuTru": "7"}, "address", "Chưa rõ"),
        ("population", {"ngayCapNhatCuTru": "01/01/1900"}, "address", "Chưa rõ"),
        ("population", {"ngayCapNhatCuTru": "01/01/2030"}, "address", "Chưa rõ"),
        ("insurance", {}, "card", "đến hết ngày 31/12/2026"),
        ("insurance", {}, "months", "87 tháng"),
        ("insurance", {}, "place", "Trạm y tế xã Ví Dụ"),
        ("insurance", {"gtTheDen": "22/11/2026"}, "card", "hết hạn từ ngày 23/11/2026"),
        ("insurance", {"gtTheDen": "23/11/2026"}, "card", "đến hết ngày 23/11/2026"),
        ("insurance", {"gtTheTu": "01/12/2026"}, "card", "từ ngày 01/12/2026 đến hết"),
        ("insurance", {"maKetQua": "110"}, "card", "không dùng được nữa"),
        ("insurance", {"maKetQua": "003", "gtTheDenMoi": "01/02/2027"}, "card", "thẻ mới thay thẻ này"),
        ("insurance", {"maKetQua": "999"}, "card", "Chưa rõ"),
        ("insurance", {"gtTheDen": None}, "card", "Chưa rõ"),
        ("insurance", {"soThangDong": 0}, "months", "Chưa thấy tháng nào"),
        ("land", {}, "change", "ngày 05/10/2026"),
        ("land", {"bienDong": [{"trangThai": "0", "ngayNhan": "17/11/2026"}]}, "change", "nhận ngày 17/11/2026"),
        ("land", {"bienDong": []}, "change", "chưa có thay đổi nào"),
        ("land", {"bienDong": [{"trangThai": "5"}]}, "change", "Chưa rõ"),
        ("land", {"bienDong": None}, "change", "Chưa rõ"),
        ("business", {}, "tax", "450.000 đồng thuế phải nộp, hạn gần nhất là ngày 15/12/2026"),
        ("business", {"thuePhaiNop": [{"soTien": 5, "hanNop": "22/11/2026"}]}, "tax", "quá hạn"),
        ("business", {"thuePhaiNop": []}, "tax", "không có tiền thuế nào"),
        ("business", {"thuePhaiNop": "nợ"}, "tax", "Chưa rõ"),
        ("business", {}, "state", "đang hoạt động"),
        ("business", {"tthai": "05"}, "state", "tạm ngừng"),
        ("business", {"tthai": "08"}, "state", "Chưa rõ"),
        ("vehicle", {}, "fine", "1 lỗi chưa xử phạt, mới nhất là ngày 20/10/2026. Nơi giải quyết: Công an xã Ví Dụ."),
        ("vehicle", {"viPham": []}, "fine", "Không thấy lỗi nào"),
        ("vehicle", {"viPham": [{"trangThai": "Đã xử phạt"}]}, "fine", "Không thấy lỗi nào"),
        ("vehicle", {"viPham": [{"trangThai": "Đang xem"}]}, "fine", "Chưa rõ"),
        ("vehicle", {"viPham": None}, "fine", "Chưa rõ"),
        ("vehicle", {}, "plate", "có trong dữ liệu"),
    ],
)
def test_it_is_told_plainly_and_what_is_not_known_is_said_to_be_unclear(
    matter: str, changed: dict[str, Any], part: str, sentence: str
) -> None:
    assert sentence in told(matter, **changed)[part]


def test_months_nobody_can_have_paid_are_not_told() -> None:
    for months in (-1, 5000, "87", True, None, 1.5):
        assert "months" not in told("insurance", soThangDong=months)


@each_kind
@pytest.mark.parametrize("wrong", [{}, [], "x", None, {"data": "x"}, {"error_code": "-1", "data": []}])
def test_an_answer_of_another_form_or_with_an_error_inside_is_none(matter: str, wrong: Any) -> None:
    with pytest.raises(BackendUnavailable):
        parse(KINDS[matter], wrong, KEYS[matter], words(), TODAY)


@each_kind
@settings(max_examples=40, deadline=None)
@given(answer=JSON)
def test_no_answer_makes_a_parser_fail_in_another_way(matter: str, answer: Any) -> None:
    with suppress(BackendError):
        assert all(one.key == KEYS[matter] for one in parse(KINDS[matter], answer, KEYS[matter], words(), TODAY))


@each_kind
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_whatever_stands_in_a_record_nothing_odd_is_told(matter: str, data: st.DataObject) -> None:
    record = {name: data.draw(st.just(value) | JSON) for name, value in RECORDS[matter].items()}
    record |= {KINDS[matter].field: RECORDS[matter][KINDS[matter].field], **PERSON}
    (found,) = answered(matter, record)
    for by_language in found.told.values():
        for sentence in by_language.values():
            assert sentence.isprintable()
            assert len(sentence) < 400
            assert "None" not in sentence


@pytest.mark.parametrize(
    ("matter", "said", "key"),
    [
        ("insurance", "DN4 0000 0000 0901", "0000000901"),
        ("insurance", "mã thẻ là gd4000000000902 nhé", "0000000902"),
        ("insurance", "0000.000.901", "0000000901"),
        ("insurance", "thẻ của tôi", None),
        ("insurance", "001234567890", None),
        ("land", "AA 00123456", "AA00123456"),
        ("land", "số sổ BX 123456 ạ", "BX123456"),
        ("land", "aa-00 123 456", "AA00123456"),
        ("land", "00123456", "00123456"),
        ("land", "sổ đỏ", None),
        ("vehicle", "29A-123.45", "29A12345"),
        ("vehicle", "xe 29-H1 123.45", "29H112345"),
        ("vehicle", "biển 29h1-12345", "29H112345"),
        ("vehicle", "2912345", "2912345"),
        ("vehicle", "xe của tôi", None),
        ("business", "0000000931", "0000000931"),
        ("business", "mst 0000000931-001", "0000000931001"),
        ("business", "001234567890", None),
        ("population", "H15.50.05.21-261102-7001", "H155005212611027001"),
        ("population", "H15500521 261102 7001", "H155005212611027001"),
        ("population", "155005212611027001", "155005212611027001"),
        ("population", "001234567890", None),
    ],
)
def test_a_key_is_read_as_people_write_it(matter: str, said: str, key: str | None) -> None:
    assert KINDS[matter].read_key(said, TODAY) == key


@each_kind
@settings(max_examples=60, deadline=None)
@given(said=st.text(max_size=60))
def test_reading_a_key_never_fails(matter: str, said: str) -> None:
    key = KINDS[matter].read_key(said, date(2026, 11, 23))
    assert key is None or key == KINDS[matter].canonical(key)
