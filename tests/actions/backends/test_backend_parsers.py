"""What each system's answer says of one code; an answer that cannot be used is never somebody else's dossier."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from backend_samples import CODE, IGATE, NATION_CODE, NOW, SYNCHRONISED
from hypothesis import given, settings
from hypothesis import strategies as st
from test_backend_fields import JSON

from actions.backends import igate, lgsp, national
from actions.dossiers.backend import BackendError, BackendUnavailable, ProvableDossier, UnusableRecord
from actions.dossiers.model import DossierStatus
from runtime.clock import VIETNAM

STATES = igate.states_of({"Đã ký số": 4})
Parse = Callable[[Any], ProvableDossier | None]
SYSTEMS: dict[str, tuple[Parse, str, dict[str, Any]]] = {
    "national": (lambda answer: national.parse(answer, CODE, NOW), "result", SYNCHRONISED),
    "lgsp": (lambda answer: lgsp.parse(answer, CODE, NOW), "data", SYNCHRONISED),
    "igate": (lambda answer: igate.parse(answer, CODE, STATES, NOW), "content", IGATE),
}
each_system = pytest.mark.parametrize("system", SYSTEMS)


def answered(system: str, *records: Any) -> ProvableDossier | None:
    parse, key, _ = SYSTEMS[system]
    return parse({key: list(records)})


def one(system: str, **changed: Any) -> ProvableDossier:
    found = answered(system, {**SYSTEMS[system][2], **changed})
    assert found is not None
    return found


@each_system
def test_a_dossier_is_read_with_what_its_citizen_proves_it_by(system: str) -> None:
    found = one(system)
    dossier = found.dossier
    assert (dossier.code, dossier.procedure_code, dossier.procedure_name) == (CODE, "1.001193", "Đăng ký khai sinh")
    assert dossier.status is DossierStatus.SUPPLEMENT_NEEDED
    assert dossier.received_at == datetime(2026, 11, 3, 9, 5, tzinfo=VIETNAM)
    assert dossier.received_on == date(2026, 11, 3)
    assert dossier.finished_on is None
    assert dossier.office == "Trung tâm Phục vụ hành chính công xã Ví Dụ"
    assert found.endings == ("0142", "7042")
    assert found.phone == "0900000142"
    assert "0142" not in repr(found)


def test_the_newest_request_for_papers_and_the_day_it_moved_count() -> None:
    dossier = one("national").dossier
    assert dossier.supplement == "Giấy chứng sinh"
    assert dossier.appointment_on == date(2026, 11, 10)
    assert dossier.updated_at == datetime(2026, 11, 4, 8, tzinfo=VIETNAM)
    assert dossier.fee_due == 8000


def test_a_province_knows_a_dossier_by_either_code() -> None:
    found = igate.parse({"content": [IGATE]}, NATION_CODE, STATES, NOW)
    assert found is not None
    assert found.dossier.code == NATION_CODE
    assert found.dossier.other_code == CODE
    assert one("igate").dossier.other_code == NATION_CODE


@each_system
def test_no_record_of_this_code_is_not_found(system: str) -> None:
    assert answered(system) is None
    assert SYSTEMS[system][0]({SYSTEMS[system][1]: None}) is None
    key = "code" if system == "igate" else "MaHoSo"
    other = {**SYSTEMS[system][2], key: "H15.50.05.21-261103-9043", "nationCode": None}
    assert answered(system, other, None, "x", 7, []) is None


@each_system
def test_the_right_code_with_different_people_is_told_to_nobody(system: str) -> None:
    other = copy.deepcopy(SYSTEMS[system][2])
    if system == "igate":
        other["applicant"]["data"] = {"phoneNumber": "0900000143", "identityNumber": "000000007043"}
    else:
        other |= {"SoDienThoai": "0900000143", "MaDoiTuong": "000000007043"}
    with pytest.raises(UnusableRecord):
        answered(system, SYSTEMS[system][2], other)


@each_system
def test_of_two_records_the_newest_final_state_counts(system: str) -> None:
    record = SYSTEMS[system][2]
    if system == "igate":
        done = {**record, "dossierStatus": {"name": "Đã xử lý xong"}, "updatedDate": "2026-11-03T10:00:00.000+0700"}
    else:
        done = {**record, "TrangThaiHoSo": 9, "NgayCapNhat": "20261103100000", "DanhSachHoSoBoSung": []}
    for records in ((record, done), (done, record)):
        found = answered(system, *records)
        assert found is not None
        assert found.dossier.status is DossierStatus.READY


@pytest.mark.parametrize(
    ("step", "state", "status"),
    [
        ("Chờ bổ sung hồ sơ", "Đang xử lý", 5),
        ("Chờ bổ sung hồ sơ", "Đã xử lý xong", 9),
        ("Đã ký số", "Đang xử lý", 4),
        ("lạ", "Đang xử lý", 4),
        ("Chờ xử lý", "lạ", 4),
        ("lạ", "lạ", 0),
        (None, "đang XỬ LÝ.", 4),
        (None, None, 0),
    ],
)
def test_states_of_a_province_are_mapped_by_name(step: str | None, state: str | None, status: int) -> None:
    assert one("igate", dossierTaskStatus=step, dossierStatus={"id": 4, "name": state}).dossier.status == status


def test_a_number_alone_says_nothing() -> None:
    assert one("igate", dossierTaskStatus=None, dossierStatus={"id": 9}).dossier.status is DossierStatus.UNKNOWN


@each_system
def test_a_dossier_without_procedure_cannot_be_told(system: str) -> None:
    missing = {"procedure": None} if system == "igate" else {"MaTTHC": None, "TenTTHC": " "}
    with pytest.raises(UnusableRecord):
        one(system, **missing)


@pytest.mark.parametrize("answer", [None, 7, "x", [], {}, {"error_code": "-1"}, {"result": "x"}, {"status": 500}])
@each_system
def test_an_answer_of_another_form_is_an_outage(system: str, answer: Any) -> None:
    with pytest.raises(BackendUnavailable):
        SYSTEMS[system][0](answer)


def test_an_error_beside_data_is_an_error() -> None:
    with pytest.raises(BackendUnavailable):
        national.parse({"error_code": "-1", "result": [SYNCHRONISED]}, CODE, NOW)
    with pytest.raises(BackendUnavailable):
        lgsp.parse({"error_code": "502", "data": [SYNCHRONISED]}, CODE, NOW)


@each_system
@settings(max_examples=40)
@given(answer=JSON)
def test_whatever_is_answered_a_parser_only_fails_as_agreed(system: str, answer: Any) -> None:
    try:
        assert SYSTEMS[system][0](answer) is None
    except BackendError:
        return


@each_system
@settings(max_examples=40)
@given(data=st.data())
def test_whatever_a_record_holds_it_is_this_dossier_or_none(system: str, data: st.DataObject) -> None:
    record = {
        name: data.draw(JSON, label=name) if data.draw(st.booleans()) else value
        for name, value in SYSTEMS[system][2].items()
    }
    try:
        found = answered(system, record)
    except BackendError:
        return
    assert found is None or found.dossier.code == CODE


@each_system
def test_an_odd_order_of_moments_never_lies_in_the_future(system: str) -> None:
    changed = "updatedDate" if system == "igate" else "NgayCapNhat"
    later = "2027-01-01T00:00:00.000+0700" if system == "igate" else "20270101000000"
    assert one(system, **{changed: later}).dossier.updated_at <= NOW
