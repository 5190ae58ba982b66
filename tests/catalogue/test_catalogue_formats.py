"""One sample of every published shape, read whole."""

from __future__ import annotations

from datetime import date

import pytest
from catalogue_samples import (
    CURATED,
    DEFENCE,
    PORTAL,
    REJECTED,
    RURAL,
    SUPERSEDED,
    Json,
    changed,
    method,
)

from catalogue.importers import format_of
from catalogue.importers.fees import ZERO_IN_DOUBT
from catalogue.importers.names import NAMES
from catalogue.importers.reading import BrokenRecord
from catalogue.notices import Rejected, Superseded, Supplement
from catalogue.record import (
    Decision,
    Fee,
    Level,
    Origin,
    Paper,
    PaperCase,
    Procedure,
    ProcessingTime,
    Submission,
    TimeUnit,
    Way,
)
from catalogue.wording import fact


def read(record: Json) -> Procedure:
    record_format = format_of(record)
    assert record_format is not None
    procedure = record_format.read(record).procedure
    assert procedure is not None
    return procedure


def notice_of(record: Json) -> object:
    record_format = format_of(record)
    assert record_format is not None
    return record_format.read(record).notices[0]


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (PORTAL, "portal"),
        (CURATED, "portal"),
        (DEFENCE, "defence"),
        (RURAL, "rural"),
        (SUPERSEDED, "superseded"),
        (REJECTED, "rejected"),
    ],
)
def test_a_format_is_told_by_its_keys(record: Json, name: str) -> None:
    record_format = format_of(record)
    assert record_format is not None
    assert record_format.name == name


def test_other_objects_have_no_format() -> None:
    assert format_of({"title": "a recipe", "steps": ["boil"]}) is None


def test_an_entry_of_a_list_of_names_is_no_procedure() -> None:
    entry = {
        "code": "9.000001",
        "name": "Nuôi ong",
        "field": "Chăn nuôi",
        "old_portal_url": "https://example.vn",
    }
    assert format_of(entry) is NAMES


def test_a_portal_record_is_read_whole() -> None:
    assert read(PORTAL) == Procedure(
        code="9.000001",
        official_name="Đăng ký nuôi ong lấy mật",
        short_name="Đăng ký nuôi ong lấy mật",
        agency="Bộ Nông nghiệp và Môi trường",
        field="Chăn nuôi",
        levels=(Level.COMMUNE,),
        subjects=("Công dân Việt Nam", "Hợp tác xã"),
        papers=(
            PaperCase(
                items=(
                    Paper(text="Tờ khai nuôi ong theo mẫu", originals=1),
                    Paper(text="Ảnh chụp nơi đặt thùng ong", copies=2),
                )
            ),
        ),
        submissions=(
            Submission(
                way=Way.DIRECT,
                times=(ProcessingTime(value=5, unit=TimeUnit.WORKING_DAY),),
                fees=(Fee(amount=0),),
                note="Nộp tại quầy một cửa",
            ),
            Submission(
                way=Way.ONLINE,
                times=(ProcessingTime(value=3, unit=TimeUnit.WORKING_DAY),),
                fees=(Fee(amount=0),),
            ),
        ),
        where="Ủy ban nhân dân cấp xã",
        steps=("Người nuôi ong nộp hồ sơ.", "Cán bộ đến xem đàn ong.", "Nhận giấy."),
        result="Giấy xác nhận nuôi ong",
        forms=("Tờ khai nuôi ong theo mẫu",),
        legal_basis=("11/2020/NĐ-CP",),
        decision=Decision(number="12/QĐ-BNNMT"),
        checked_on=date(2026, 7, 20),
        source="https://dichvucong.gov.vn/thu-tuc-hanh-chinh/mau-1",
        origin=Origin.IMPORTED,
    )


def test_a_newer_portal_record_tells_each_fee_by_its_case() -> None:
    procedure = read(CURATED)
    (submission,) = procedure.submissions
    first, exchange = submission.fees
    assert (first.amount, first.certain, first.case) == (0, True, "Cấp thẻ lần đầu")
    assert (exchange.amount, exchange.certain, exchange.valid_until) == (None, False, date(2026, 12, 31))
    assert procedure.checked_on == date(2026, 8, 21)
    assert procedure.decision == Decision(number="99/QĐ-BNNMT", issued_on=date(2026, 8, 18))
    assert procedure.where == "Công an cấp xã"
    assert procedure.replaces == ("9.000001",)
    assert procedure.steps == ("Cấp lần đầu: Đến nộp tại xã",)
    assert procedure.result == "Thẻ nuôi ong"


def test_a_time_without_unit_is_not_told_as_a_number() -> None:
    (submission,) = read(changed(PORTAL, methods=[method(time_unit=None)])).submissions
    assert submission.times == (ProcessingTime(note=fact("unit_unknown")),)


@pytest.mark.parametrize(("value", "unit"), [(None, "DAY"), (0, "HOUR"), (None, None)])
def test_no_time_is_no_time(value: int | None, unit: str | None) -> None:
    (submission,) = read(changed(PORTAL, methods=[method(time_value=value, time_unit=unit)])).submissions
    assert submission.times == ()


def test_several_times_of_one_way_carry_what_they_are_for() -> None:
    rows = [method(time_value=7, note="Trường hợp thường"), method(time_value=1, note="Trường hợp gấp")]
    (submission,) = read(changed(PORTAL, methods=rows)).submissions
    assert [(time.value, time.note) for time in submission.times] == [
        (7, "Trường hợp thường"),
        (1, "Trường hợp gấp"),
    ]


def test_the_note_of_a_fee_and_of_the_way_are_taken_apart() -> None:
    row = method(fee_label="50,000 VNĐ", fee_amount=50000, note="(50.000 đồng/giấy phép)Nộp tại xã")
    (submission,) = read(changed(PORTAL, methods=[row])).submissions
    assert submission.fees[0].amount == 50_000
    assert submission.note == "Nộp tại xã"


def test_a_label_that_differs_from_its_amount_is_in_doubt() -> None:
    row = method(fee_label="50,000 VNĐ", fee_amount=5000)
    (submission,) = read(changed(PORTAL, methods=[row])).submissions
    assert not submission.fees[0].certain


def test_a_contradiction_throws_doubt_on_the_whole_record() -> None:
    rows = [method(), method(method="POSTAL", note="(Phí thẩm định)")]
    procedure = read(changed(PORTAL, methods=rows))
    assert procedure.flags == (ZERO_IN_DOUBT,)
    assert {fee.certain for submission in procedure.submissions for fee in submission.fees} == {False}


def test_a_fee_in_dollars_is_left_out_with_a_word() -> None:
    row = method(fee_label="10 USD", fee_amount=10.0, fee_currency="USD", note="(/bản)")
    (submission,) = read(changed(PORTAL, methods=[row])).submissions
    assert submission.fees == ()
    assert submission.note == fact("foreign_fee")


def test_an_unknown_fee_is_not_free() -> None:
    row = method(fee_label="Không có thông tin", fee_amount=None, fee_currency=None)
    (submission,) = read(changed(PORTAL, methods=[row])).submissions
    assert submission.fees == ()


def test_a_defence_record_is_read_whole() -> None:
    assert read(DEFENCE) == Procedure(
        code="9.000003",
        official_name="Xin dùng bãi tập của xã",
        short_name="Xin dùng bãi tập của xã",
        agency="Bộ Quốc phòng",
        field="Dân quân tự vệ",
        levels=(Level.MINISTRY, Level.COMMUNE),
        subjects=("Công dân Việt Nam", "Tổ chức (không bao gồm doanh nghiệp, HTX)"),
        papers=(PaperCase(items=(Paper(text="Đơn xin dùng bãi tập", originals=2, copies=1),)),),
        submissions=(
            Submission(
                way=Way.DIRECT,
                times=(ProcessingTime(value=30, unit=TimeUnit.WORKING_DAY),),
                fees=(Fee(amount=0),),
            ),
        ),
        where="Ban chỉ huy quân sự cấp xã",
        steps=("Gửi đơn cho ban chỉ huy xã.", "Chờ trả lời."),
        result="Văn bản đồng ý",
        legal_basis=("12/2021/NĐ-CP",),
        decision=Decision(number="77/QĐ-BQP"),
        checked_on=date(2025, 1, 1),
        origin=Origin.IMPORTED,
    )


def defence_way(time: str = "", fee: str = "") -> Submission:
    row = {"hinh_thuc": "Trực tiếp", "thoi_han_giai_quyet": time, "phi_le_phi": fee, "mo_ta": ""}
    tables = {**DEFENCE["tables"], "hinh_thuc_nop": [row]}
    (submission,) = read(changed(DEFENCE, tables=tables)).submissions
    return submission


@pytest.mark.parametrize(
    ("published", "told"),
    [
        ("01 Giờ", ProcessingTime(value=1, unit=TimeUnit.HOUR)),
        ("0.5 Giờ", ProcessingTime(value=0.5, unit=TimeUnit.HOUR)),
        ("70 Ngày", ProcessingTime(value=70, unit=TimeUnit.DAY)),
        ("10-25", ProcessingTime(note=fact("unit_unknown"))),
        ("Trước khi tàu rời cảng", ProcessingTime(note="Trước khi tàu rời cảng")),
        ("Khoảng 30 Ngày", ProcessingTime(note="Khoảng 30 Ngày")),
    ],
)
def test_a_defence_time_is_read_strictly(published: str, told: ProcessingTime) -> None:
    assert defence_way(time=published).times == (told,)


@pytest.mark.parametrize("published", ["Không quy định", "", "0 Giờ"])
def test_a_defence_time_that_says_nothing_is_none(published: str) -> None:
    assert defence_way(time=published).times == ()


@pytest.mark.parametrize(
    ("published", "told"),
    [
        ("Phí : 0 Đồng", [(0, True, None)]),
        ("Phí : Không Đồng", [(0, True, None)]),
        ("Lệ phí : 20000 Đồng (Người điều khiển tàu)", [(20_000, True, "Người điều khiển tàu")]),
        (
            "Phí : 2.000.000 Đồng (Trên đất liền)\nPhí : 5.000.000 Đồng (Trên biển)",
            [(2_000_000, True, "Trên đất liền"), (5_000_000, True, "Trên biển")],
        ),
        ("Phí : 50.000 Đồng (50.000 đồng/hồ sơ, ngành khác 120.000 đồng)", [(None, False, None)]),
        ("Phí : o Đồng", [(None, False, None)]),
        ("Phí : Mức thu bằng 50% mức quy định Đồng (Thông tư)", [(None, False, None)]),
        ("Phí :  Đồng", []),
        ("Lệ phí : 1.5 USD", []),
        ("", []),
    ],
)
def test_a_defence_fee_is_read_strictly(published: str, told: list[tuple[int | None, bool, str | None]]) -> None:
    assert [(fee.amount, fee.certain, fee.case) for fee in defence_way(fee=published).fees] == told


def test_a_defence_page_of_another_procedure_is_refused() -> None:
    with pytest.raises(BrokenRecord, match="thủ tục khác"):
        read(changed(DEFENCE, thu_tuc_id="9.000004"))


def test_the_rural_list_adds_names_and_a_place() -> None:
    assert notice_of(RURAL) == Supplement(
        code="9.000001",
        short_name="Giấy nuôi ong",
        phrases=("xin nuôi ong", "làm giấy ong"),
        where="Ủy ban nhân dân cấp xã hoặc trung tâm phục vụ hành chính công bất kỳ",
    )
    assert read(RURAL).asked_as.plain == ("xin nuôi ong", "làm giấy ong")


def test_a_certain_replacement_is_read() -> None:
    assert notice_of(SUPERSEDED) == Superseded(
        old=("9.000001",),
        new=("9.000002",),
        what="Hai thủ tục nuôi ong nhập làm một",
        certain=True,
        certainty="9.000002 read in full",
    )


@pytest.mark.parametrize("certainty", ["LOW: one source", "MEDIUM: not read", ""])
def test_hearsay_about_a_code_is_not_certain(certainty: str) -> None:
    notice = notice_of(changed(SUPERSEDED, certainty=certainty))
    assert isinstance(notice, Superseded)
    assert not notice.certain


def test_a_change_of_a_whole_field_names_field_and_day() -> None:
    notice = notice_of(
        changed(SUPERSEDED, old=["all of field Chăn nuôi"], new=["unknown"], what="Luật mới in force 2027-03-01")
    )
    assert isinstance(notice, Superseded)
    assert (notice.old, notice.new) == ((), ())
    assert (notice.field, notice.starts_on) == ("Chăn nuôi", date(2027, 3, 1))


def test_a_wrong_page_is_read() -> None:
    assert notice_of(REJECTED) == Rejected(code="9.000009", page_code="9.000001", page_title="Đăng ký nuôi ong lấy mật")
