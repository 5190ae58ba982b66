"""Times that the portal's form has no room for: of remote communes, and those that stand in a note."""

from __future__ import annotations

import pytest

from catalogue.importers.prose import clean_decision, clean_place
from catalogue.importers.submissions import times_by_commune, times_in_note
from catalogue.record import ProcessingTime, Submission, TimeUnit, Way
from catalogue.wording import fact


def ways(direct: float, online: float) -> tuple[Submission, ...]:
    return tuple(
        Submission(way=way, times=(ProcessingTime(value=value, unit=TimeUnit.WORKING_DAY),))
        for way, value in ((Way.DIRECT, direct), (Way.ONLINE, online))
    )


def test_ten_days_more_for_land_are_those_of_remote_communes_whatever_the_way() -> None:
    for one in times_by_commune(ways(27, 17), "Đất đai"):
        assert [(time.value, time.case) for time in one.times] == [(17, None), (27, fact("remote_communes"))]


@pytest.mark.parametrize(("direct", "online", "field"), [(27, 18, "Đất đai"), (17, 17, "Đất đai"), (27, 17, "Thuế")])
def test_other_differences_stay_as_they_are(direct: float, online: float, field: str) -> None:
    assert times_by_commune(ways(direct, online), field) == ways(direct, online)


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (
            "28 ngày làm việc (đối với trường hợp cấp mới), 02 ngày làm việc (đối với trường hợp cấp lại)",
            [(28, "cấp mới"), (2, "cấp lại")],
        ),
        ("05 ngày làm việc kể từ ngày nhận được hồ sơ đầy đủ", [(5, None)]),
        ("Thời hạn giải quyết: 12 ngày.", [(12, None)]),
        ("10-25 ngày kể từ ngày nhận được hồ sơ hợp lệ.", [(10, None)]),
        ("Sở kiểm tra hồ sơ 20 ngày; Bộ quyết định 15 ngày", []),
        ("Bổ sung hồ sơ trong 30 ngày", []),
        ("Nộp trực tiếp tại xã", []),
        (
            "Cấp mới là 07 ngày làm việc kể từ ngày nhận đủ hồ sơ; cấp lại trong thời hạn 02 ngày làm việc",
            [(7, "Cấp mới"), (2, "cấp lại")],
        ),
        (
            "03 ngày làm việc kể từ ngày nhận đủ hồ sơ; 10 ngày làm việc trong trường hợp phải kiểm tra thực tế",
            [(3, None), (10, "phải kiểm tra thực tế")],
        ),
        ("Sở Tư pháp lấy ý kiến: 20 ngày, kể từ ngày nhận đủ hồ sơ; - Người liên quan trả lời: 15 ngày", []),
    ],
)
def test_a_time_in_a_note_is_read_only_where_it_is_that_of_the_procedure(
    note: str, expected: list[tuple[float, str | None]]
) -> None:
    assert [(time.value, time.case) for time in times_in_note(note)] == expected


@pytest.mark.parametrize(
    ("published", "number"),
    [
        ("Quyết định số 12 /QĐ-BNNMT", "12/QĐ-BNNMT"),
        ("QĐ2338-BTP", "2338/QĐ-BTP"),
        ("QĐ/0001-BCA", "0001/QĐ-BCA"),
        ("2267./QĐ-BXD", "2267/QĐ-BXD"),
        ("3713/QD-BTP", "3713/QĐ-BTP"),
    ],
)
def test_decisions_have_one_shape(published: str, number: str) -> None:
    assert clean_decision(published) == number


@pytest.mark.parametrize(
    ("published", "place"),
    [
        ("Sở Nông nghiệp và Môi trường Thành phố Hà Nội", "Sở Nông nghiệp và Môi trường"),
        ("Công an tỉnh, thành phố trực thuộc trung ương", "Công an tỉnh, thành phố trực thuộc trung ương"),
        ("Ủy ban nhân dân cấp tỉnh", "Ủy ban nhân dân cấp tỉnh"),
        ("Sở Xây dựng - tỉnh Quảng Ninh", "Sở Xây dựng"),
        ("Sở Nông nghiệp tỉnh Sơn La, Sở Tài chính", "Sở Nông nghiệp, Sở Tài chính"),
    ],
)
def test_the_office_of_one_province_is_not_told_to_the_whole_country(published: str, place: str) -> None:
    assert clean_place(published) == place
