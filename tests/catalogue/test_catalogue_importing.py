from __future__ import annotations

import json
from multiprocessing import get_context
from pathlib import Path

import pytest
from catalogue_samples import (
    CURATED,
    DEFENCE,
    PORTAL,
    REJECTED,
    RURAL,
    SUPERSEDED,
    changed,
    write_document,
    write_lines,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from installations import open_catalogue

from catalogue.report import Progress, import_to_json, render_import
from catalogue.store import CatalogueStore


def test_new_records_are_imported(store: CatalogueStore, tmp_path: Path) -> None:
    report = store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL, CURATED, DEFENCE)])
    assert report.imported == ("9.000001", "9.000002", "9.000003")
    assert [procedure.code for procedure in store.all()] == ["9.000001", "9.000002", "9.000003"]


def test_a_second_import_changes_nothing(store: CatalogueStore, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", PORTAL, CURATED, DEFENCE, RURAL, SUPERSEDED, REJECTED)
    store.import_paths([path])
    version = store.version()
    report = store.import_paths([path])
    assert not report.changed
    assert sorted(report.unchanged) == ["9.000001", "9.000001", "9.000002", "9.000003"]
    assert store.version() == version


def test_a_changed_record_is_updated(store: CatalogueStore, tmp_path: Path) -> None:
    store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL)])
    version = store.version()
    report = store.import_paths([write_lines(tmp_path / "b.jsonl", changed(PORTAL, result="Giấy mới"))])
    assert report.updated == ("9.000001",)
    assert store.version() != version
    found = store.get("9.000001")
    assert found is not None
    assert found.result == "Giấy mới"


def test_an_older_record_does_not_replace_a_newer_one(store: CatalogueStore, tmp_path: Path) -> None:
    newer = changed(PORTAL, crawl_snapshot="2026-10-01", result="Giấy mới")
    store.import_paths([write_lines(tmp_path / "new.jsonl", newer)])
    report = store.import_paths([write_lines(tmp_path / "old.jsonl", PORTAL)])
    assert (report.updated, len(report.skipped)) == ((), 1)
    assert "2026-10-01" in str(report.skipped[0].reason)
    found = store.get("9.000001")
    assert found is not None
    assert found.result == "Giấy mới"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_records_of_one_import_the_newer_is_used(
    store: CatalogueStore, tmp_path: Path, order: tuple[int, int]
) -> None:
    records = [PORTAL, changed(PORTAL, crawl_snapshot="2026-10-01", result="Giấy mới")]
    report = store.import_paths([write_lines(tmp_path / "a.jsonl", *(records[index] for index in order))])
    assert report.imported == ("9.000001",)
    assert [(skipped.file, skipped.code) for skipped in report.skipped] == [("a.jsonl", "9.000001")]
    found = store.get("9.000001")
    assert found is not None
    assert found.result == "Giấy mới"


def test_the_same_code_twice_is_reported_with_its_line(store: CatalogueStore, tmp_path: Path) -> None:
    report = store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL, DEFENCE, PORTAL)])
    assert [(one.line, one.code) for one in report.skipped] == [(3, "9.000001")]
    assert "dòng 1" in str(report.skipped[0].reason)


def test_the_code_of_another_procedure_is_refused(store: CatalogueStore, tmp_path: Path) -> None:
    store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL)])
    stranger = changed(PORTAL, name="Cấp biển số xe máy", crawl_snapshot="2026-11-01")
    report = store.import_paths([write_lines(tmp_path / "b.jsonl", stranger)])
    assert report.updated == ()
    assert "Đăng ký nuôi ong lấy mật" in str(report.skipped[0].reason)
    found = store.get("9.000001")
    assert found is not None
    assert found.official_name == "Đăng ký nuôi ong lấy mật"


def test_the_code_of_a_handwritten_procedure_is_guarded_too(
    store: CatalogueStore, handwritten: Path, tmp_path: Path
) -> None:
    (handwritten / "9.000001.yml").write_text(
        'code: "9.000001"\nofficial_name: Cấp biển số xe máy\nshort_name: Biển số xe\nagency: Bộ Công an\n'
        "field: Xe\nlevels: [commune]\nchecked_on: 2026-07-20\n",
        encoding="utf-8",
    )
    report = store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL)])
    assert report.imported == ()
    assert "Cấp biển số xe máy" in str(report.skipped[0].reason)


def test_a_renamed_procedure_is_still_the_same(store: CatalogueStore, tmp_path: Path) -> None:
    store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL)])
    renamed = changed(PORTAL, name="Đăng ký, thay đổi việc nuôi ong", crawl_snapshot="2026-11-01")
    assert store.import_paths([write_lines(tmp_path / "b.jsonl", renamed)]).updated == ("9.000001",)


@pytest.mark.parametrize("order", ["rejected first", "record first", "together"])
def test_a_rejected_code_is_never_answered(store: CatalogueStore, tmp_path: Path, order: str) -> None:
    bad = write_lines(tmp_path / "a.jsonl", changed(PORTAL, code="9.000009"))
    rejected = write_document(tmp_path / "rejected.json", [REJECTED])
    if order == "together":
        report = store.import_paths([bad, rejected])
        assert "Đăng ký nuôi ong" in str(report.skipped[0].reason)
    for path in [rejected, bad] if order == "rejected first" else [bad, rejected]:
        store.import_paths([path])
    assert store.get("9.000009") is None
    assert store.light() == ()


@pytest.mark.parametrize(
    ("label", "broken", "said"),
    [
        ("no code", changed(PORTAL, code=None), "không có mã"),
        ("empty code", changed(PORTAL, code=""), "không có mã"),
        ("not a code", changed(PORTAL, code="1.1"), "code: mã thủ tục phải có dạng"),
        ("name is a number", changed(PORTAL, name=17), "name: phải là chữ"),
        ("no name", {key: value for key, value in PORTAL.items() if key != "name"}, "name: còn thiếu"),
        ("blank name", changed(PORTAL, name=" \t"), "official_name: không được để trống"),
        ("levels is a text", changed(PORTAL, levels="Cấp xã"), "levels: phải là một danh sách"),
        ("no level", changed(PORTAL, levels=[]), "levels: không được để trống"),
        ("methods is null", changed(PORTAL, methods=None), "methods: phải là một danh sách"),
        ("unknown way", changed(PORTAL, methods=[{"method": "PIGEON"}]), "DIRECT, ONLINE, POSTAL"),
        (
            "amount is a text",
            changed(PORTAL, methods=[{"method": "DIRECT", "fee_amount": "0"}]),
            "phải là số",
        ),
        ("negative amount", changed(PORTAL, methods=[{"method": "DIRECT", "fee_amount": -5}]), "nhỏ hơn 0"),
        ("amount is true", changed(PORTAL, methods=[{"method": "DIRECT", "fee_amount": True}]), "phải là số"),
        ("papers of numbers", changed(PORTAL, papers=[1, 2]), "papers[1]"),
        ("no day", changed(PORTAL, crawl_snapshot="hôm nọ"), "ngày lấy dữ liệu"),
        ("huge field", changed(PORTAL, steps_text="x" * 100_001), "dài quá 100000 ký tự"),
        ("too many rows", changed(PORTAL, subjects=["x"] * 1_001), "quá 1000 dòng"),
        ("broken letters", json.dumps(changed(PORTAL, agency="Bộ \udcff")), "ký tự hỏng"),
        ("an amount too long to count", json.dumps(PORTAL).replace(": 0,", f": {'9' * 400},", 1), "số"),
        ("defence without code", changed(DEFENCE, metadata={"tên_thủ_tục": "Xin bãi tập"}), "không có mã"),
        ("defence metadata is a text", changed(DEFENCE, metadata="x"), "metadata"),
        ("rural without day", changed(RURAL, snapshot=""), "ngày lấy dữ liệu"),
        ("another shape", {"title": "a recipe"}, "không đúng mẫu"),
    ],
)
def test_a_broken_record_is_reported_and_the_rest_imported(
    store: CatalogueStore, tmp_path: Path, label: str, broken: dict[str, object] | str, said: str
) -> None:
    report = store.import_paths([write_lines(tmp_path / "a.jsonl", broken, CURATED)])
    assert report.imported == ("9.000002",), label
    (skipped,) = report.skipped
    assert (skipped.file, skipped.line) == ("a.jsonl", 1)
    assert said in str(skipped.reason)


def test_a_list_of_names_is_kept_as_names(store: CatalogueStore, tmp_path: Path) -> None:
    names = [
        {"code": f"9.{i:06d}", "name": f"Tên {i}", "promulgating_agency": "Bộ Mẫu", "collected_at": "2026-01-02"}
        for i in range(30)
    ]
    report = store.import_paths([write_document(tmp_path / "index.json", names)])
    assert (report.skipped, report.imported, report.notices) == ((), (), 30)
    assert len(store.named()) == 30


def test_a_folder_is_imported_whole(store: CatalogueStore, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    folder.mkdir()
    write_lines(folder / "a.jsonl.gz", PORTAL)
    write_document(folder / "b.json", [CURATED])
    (folder / "notes.md").write_text("not a record")
    assert store.import_paths([folder]).imported == ("9.000001", "9.000002")


def test_an_empty_folder_and_a_missing_file_are_reported(store: CatalogueStore, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    report = store.import_paths([tmp_path / "empty", tmp_path / "absent.jsonl"])
    assert [skipped.file for skipped in report.skipped] == ["empty", "absent.jsonl"]


def test_progress_is_told_from_beginning_to_end(store: CatalogueStore, tmp_path: Path) -> None:
    told: list[Progress] = []
    paths = [write_lines(tmp_path / "a.jsonl", PORTAL, CURATED), write_lines(tmp_path / "b.jsonl", DEFENCE)]
    store.import_paths(paths, told.append)
    assert [(one.file, one.records) for one in told] == [("a.jsonl", 1), ("a.jsonl", 2), ("b.jsonl", 3)]
    fractions = [one.fraction for one in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_the_report_is_told_to_people_and_to_programs(store: CatalogueStore, tmp_path: Path) -> None:
    report = store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL, "oops", *["{"] * 30)])
    said = render_import(report, most=5)
    assert "a.jsonl, dòng 2" in said
    assert said.splitlines()[-1] == "- và 26 hồ sơ khác"
    assert json.loads(json.dumps(import_to_json(report)))["skipped"][0]["line"] == 2


def _import(url: str, path: Path) -> None:
    store = open_catalogue(url)
    store.import_paths([path])
    store.close()


def test_several_processes_may_import_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    path = write_lines(tmp_path / "a.jsonl", PORTAL, CURATED, DEFENCE)
    context = get_context("fork")
    processes = [context.Process(target=_import, args=(url, path)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    store = open_catalogue(url)
    assert len(store.light()) == 3
    assert store.version().startswith("2.")
    store.close()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _mutated(record: dict[str, object], path: list[int], value: object) -> dict[str, object]:
    """A copy of a record with one value, found by walking ``path``, replaced."""
    copy = json.loads(json.dumps(record))
    node = copy
    for step in path:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            break
        key = keys[step % len(keys)]
        if not isinstance(node[key], dict | list) or step % 7 == 0:
            node[key] = value
            break
        node = node[key]
    return dict(copy)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(
    record=st.sampled_from([PORTAL, CURATED, DEFENCE, RURAL, SUPERSEDED, REJECTED]),
    path=st.lists(st.integers(0, 50), min_size=1, max_size=5),
    value=_JSON,
)
def test_no_mutation_of_a_record_stops_an_import(
    store: CatalogueStore, tmp_path: Path, record: dict[str, object], path: list[int], value: object
) -> None:
    mutated = _mutated(record, path, value)
    file = write_lines(tmp_path / "mutated.jsonl", mutated, changed(PORTAL, code="9.000077"))
    report = store.import_paths([file])
    assert "9.000077" in report.imported + report.unchanged + report.updated
    for procedure in store.all():
        assert procedure.code
