"""Records as the portal's data service answers them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from portal_stand_in import answered

from catalogue.importers.answered import read
from catalogue.importers.reading import BrokenRecord
from catalogue.record import Procedure, Way
from catalogue.store import CatalogueStore


def procedure(raw: dict[str, Any]) -> Procedure:
    found = read(raw).procedure
    assert found is not None
    return found


def test_without_the_day_it_was_fetched_a_record_is_no_newer_than_its_laws() -> None:
    assert procedure(answered()).checked_on == date(2020, 1, 1)
    with pytest.raises(BrokenRecord, match="ngày"):
        read(answered() | {"CANCUPHAPLY": []})


def test_a_record_out_of_force_is_refused() -> None:
    with pytest.raises(BrokenRecord, match="không còn áp dụng"):
        read(answered() | {"TRANGTHAI": "3"})


def test_a_province_s_copy_holds_for_that_province_alone() -> None:
    local = procedure(answered("9.000001.000.00.00.H49"))
    assert (local.code, local.province, local.agency) == ("9.000001", "22", "Bộ Nông nghiệp và Môi trường")
    with pytest.raises(BrokenRecord, match="H99"):
        read(answered("9.000001.000.00.00.H99"))


def test_an_hour_of_the_day_is_not_told_as_a_time() -> None:
    raw = answered()
    raw["CACHTHUCTHUCHIEN"][0]["THOIGIAN"][0] |= {
        "THOIGIANGIAIQUYET": "15",
        "DONVITINH": "Giờ",
        "MOTA": "Ngay trong ngày; nhận sau 15 giờ thì trả vào ngày làm việc tiếp theo.",
    }
    (time,) = procedure(raw).submissions[0].times
    assert not time.is_stated
    assert time.note is not None
    assert "Ngay trong ngày" in time.note


def test_two_amounts_for_one_thing_are_not_told_as_certain() -> None:
    raw = answered()
    fees = raw["CACHTHUCTHUCHIEN"][0]["THOIGIAN"][0]["PHILEPHI"]
    fees.append(dict(fees[0], SOTIEN="25.000"))
    assert not any(fee.certain for fee in procedure(raw).submissions[0].fees)


@pytest.mark.parametrize("wrong", [{"MATTHC": "abc"}, {"MATTHC": None}, {"LINHVUCTHUCHIEN": []}, {"TENTTHC": 7}])
def test_a_broken_record_is_named_and_costs_only_itself(
    store: CatalogueStore, tmp_path: Path, wrong: dict[str, Any]
) -> None:
    file = tmp_path / "answers.json"
    content = {"result": [answered("9.000002") | wrong, answered("9.000001")], "error_code": "0"}
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    report = store.import_paths([file])
    assert report.imported == ("9.000001",)
    assert len(report.skipped) == 1


def test_a_province_s_older_copy_does_not_hide_the_written_record(
    store: CatalogueStore, handwritten: Path, tmp_path: Path
) -> None:
    (handwritten / "9.000001.yml").write_text(
        'code: "9.000001"\nofficial_name: Đăng ký nuôi ong\nshort_name: Nuôi ong\nagency: Bộ A\nfield: Chăn nuôi\n'
        "levels: [commune]\nsummary: Cho người nuôi ong.\nchecked_on: 2026-07-20\n",
        encoding="utf-8",
    )
    file = tmp_path / "local.json"
    local = answered("9.000001.000.00.00.H49")
    file.write_text(json.dumps({"result": [local]}), encoding="utf-8")
    store.import_paths([file])
    found = store.get("9.000001", "22")
    assert found is not None
    assert (found.checked_on, found.province) == (date(2026, 7, 20), None)
    file.write_text(json.dumps({"result": [local | {"fetched_on": "2026-11-29"}]}), encoding="utf-8")
    store.import_paths([file])
    found = store.get("9.000001", "22")
    assert found is not None
    assert (found.checked_on, found.province, found.short_name) == (date(2026, 11, 29), "22", "Nuôi ong")
    assert [way.way for way in found.submissions] == [Way.DIRECT]
    elsewhere = store.get("9.000001", "04")
    assert elsewhere is not None
    assert elsewhere.checked_on == date(2026, 7, 20)
    assert [one.province for one in store.all("22")] == ["22"]
    assert [one.short_name for one in store.light("22")] == ["Nuôi ong"]


def test_the_real_answer_is_read(published: Path, store: CatalogueStore) -> None:
    sample = published.parent / "integration" / "sample_LayThuTuc_response.json"
    assert store.import_paths([sample]).imported == ("1.001193",)
    found = store.get("1.001193", "22")
    assert found is not None
    assert (found.province, found.field, found.agency) == ("22", "Hộ tịch", "Bộ Tư pháp")
    assert {way.way for way in found.submissions} == set(Way)
    assert not found.tells_fee(date(2026, 11, 29))
