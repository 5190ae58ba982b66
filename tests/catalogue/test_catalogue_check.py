from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from catalogue_samples import CURATED, PORTAL, SUPERSEDED, changed, method, write_lines
from installations import open_catalogue

from catalogue.check import CheckReport, Finding, check
from catalogue.check_text import MOST_LINES, render_text, to_json
from catalogue.knowledge_base import KnowledgeBase
from catalogue.store import CatalogueStore

TODAY = date(2026, 11, 23)

COMPLETE = """\
code: "{code}"
official_name: Đăng ký nuôi ong
short_name: Xin nuôi ong
agency: Bộ Nông nghiệp và Môi trường
field: Chăn nuôi
levels: [commune]
checked_on: 2026-10-01
asked_as: {{plain: [{phrases}]}}
papers: [{{items: [{{text: Tờ khai}}]}}]
submissions: [{{way: direct, fees: [{{amount: 0}}], times: [{{value: 1, unit: day}}]}}]
where: Ủy ban nhân dân xã
"""


def write(folder: Path, code: str = "9.000005", extra: str = "", phrases: str | None = None) -> None:
    said = phrases or ", ".join(f"cách hỏi {code} thứ {number}" for number in range(12))
    (folder / f"{code}.yml").write_text(COMPLETE.format(code=code, phrases=said) + extra, encoding="utf-8")


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]


def test_a_complete_catalogue_is_clean(store: CatalogueStore, handwritten: Path) -> None:
    write(handwritten)
    report = check(store, TODAY)
    assert report.is_clean
    assert (report.handwritten, report.imported) == (1, 0)
    assert render_text(report).splitlines() == [
        "Danh mục ngày 23/11/2026: 1 thủ tục viết tay, 0 thủ tục nhập từ nguồn công bố"
    ]


@pytest.mark.parametrize(("days", "stale"), [(126, []), (125, ["9.000001"])])
def test_a_record_is_stale_after_the_days_set(
    store: CatalogueStore, tmp_path: Path, days: int, stale: list[str]
) -> None:
    store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL)])
    report = check(store, TODAY, stale_after_days=days)
    assert codes(report.stale) == stale


@pytest.mark.parametrize(
    ("flag", "what"),
    [
        ("fee_zero_but_note_says_fee_may_apply", "fee"),
        ("fee_implausibly_small", "fee"),
        ("time_unit_missing_on_portal", "time"),
        ("cites_repealed_law", "law"),
    ],
)
def test_flags_are_grouped_by_what_they_forbid(store: CatalogueStore, tmp_path: Path, flag: str, what: str) -> None:
    store.import_paths([write_lines(tmp_path / "a.jsonl", changed(PORTAL, flags=[flag]))])
    report = check(store, TODAY)
    assert {name: codes(found) for name, found in report.flagged.items() if found} == {what: ["9.000001"]}
    assert report.flagged[what][0].detail == flag


def test_a_replaced_record_is_named_once_and_not_blamed_for_the_rest(store: CatalogueStore, tmp_path: Path) -> None:
    old = changed(PORTAL, flags=["cites_repealed_law"], crawl_snapshot="2024-01-01", papers=[])
    store.import_paths([write_lines(tmp_path / "a.jsonl", old, CURATED, SUPERSEDED)])
    report = check(store, TODAY)
    assert [(finding.code, finding.detail) for finding in report.superseded] == [("9.000001", "9.000002")]
    assert codes(report.stale) == []
    assert codes(report.flagged["law"]) == []


def test_a_handwritten_record_that_a_list_calls_replaced_is_named(
    store: CatalogueStore, handwritten: Path, tmp_path: Path
) -> None:
    write(handwritten, code="9.000001")
    store.import_paths([write_lines(tmp_path / "a.jsonl", SUPERSEDED)])
    report = check(store, TODAY)
    assert codes(report.superseded) == ["9.000001"]
    assert not report.is_clean


@pytest.mark.parametrize(
    ("label", "what", "change"),
    [
        ("papers", "papers", {"papers: [{items: [{text: Tờ khai}]}]": ""}),
        ("place", "where", {"where: Ủy ban nhân dân xã": ""}),
        ("fee", "fee", {", fees: [{amount: 0}]": ""}),
        ("short name", "short_name", {"Xin nuôi ong": "Xin nuôi ong " * 5}),
        ("a long place", "too_long", {"Ủy ban nhân dân xã": "Ủy ban nhân dân xã " * 30}),
    ],
)
def test_what_is_missing_is_named(
    store: CatalogueStore, handwritten: Path, label: str, what: str, change: dict[str, str]
) -> None:
    write(handwritten)
    path = handwritten / "9.000005.yml"
    text = path.read_text(encoding="utf-8")
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    report = check(store, TODAY)
    assert {name for name, found in report.incomplete.items() if found} == {what}, label


def test_too_few_ways_of_asking_are_counted(store: CatalogueStore, handwritten: Path) -> None:
    write(handwritten, phrases="nuôi ong, xin nuôi ong")
    assert check(store, TODAY).incomplete["phrases"][0].detail == "2"


def test_imported_records_need_no_phrases(store: CatalogueStore, tmp_path: Path) -> None:
    store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL)])
    assert check(store, TODAY).incomplete["phrases"] == ()


def test_one_way_of_asking_for_two_procedures_is_found_without_diacritics(
    store: CatalogueStore, handwritten: Path
) -> None:
    write(handwritten, "9.000005", phrases="Xin nuôi ong, a, b")
    write(handwritten, "9.000006", phrases="xin nuoi ong, c, d")
    (duplicate,) = check(store, TODAY).duplicates
    assert duplicate.codes == ("9.000005", "9.000006")


@pytest.mark.parametrize(
    ("day", "found"),
    [("2026-12-31", True), ("2027-01-22", True), ("2027-01-23", False), ("2026-01-01", True)],
)
def test_amounts_that_end_within_sixty_days_are_named(
    store: CatalogueStore, tmp_path: Path, day: str, found: bool
) -> None:
    year, month, last = day.split("-")
    row = method(fee_label="50,000 VNĐ", fee_amount=50000, note=f"(áp dụng đến hết ngày {last}/{month}/{year})")
    store.import_paths([write_lines(tmp_path / "a.jsonl", changed(PORTAL, methods=[row]))])
    assert [(one.code, one.detail) for one in check(store, TODAY).expiring] == ([("9.000001", day)] if found else [])


@pytest.mark.parametrize(("then", "named"), [("", True), ("    then: {vi: Không phải làm nữa.}\n", False)])
def test_written_answers_that_end_within_sixty_days_are_named(tmp_path: Path, then: str, named: bool) -> None:
    knowledge, own = tmp_path / "knowledge", tmp_path / "own"
    knowledge.mkdir()
    own.mkdir()
    (knowledge / "bees.yml").write_text(
        "entries:\n  - id: bees.paper\n    answer: {vi: Phải làm giấy.}\n    valid_until: 2026-12-31\n"
        f"{then}    asked_as: [nuôi ong, có phải, làm giấy]\n",
        encoding="utf-8",
    )
    store = open_catalogue(f"sqlite:///{tmp_path / 'catalogue.db'}", own, beside=KnowledgeBase(knowledge))
    report = check(store, TODAY)
    assert [one.name for one in report.ending] == (["bees.paper"] if named else [])
    assert report.is_clean is not named
    assert ("31/12/2026  bees.paper" in render_text(report)) is named
    assert check(store, date(2026, 10, 1)).ending == ()
    store.close()


def test_announced_changes_of_law_are_told(store: CatalogueStore, tmp_path: Path) -> None:
    announced = changed(
        SUPERSEDED,
        old=["all of field Chăn nuôi"],
        new=[],
        what="Luật mới in force 2027-03-01",
        certainty="MEDIUM: not read",
    )
    store.import_paths([write_lines(tmp_path / "a.jsonl", announced, SUPERSEDED)])
    (notice,) = check(store, TODAY).law_changes
    assert notice.starts_on == date(2027, 3, 1)


def test_a_handwritten_fee_that_its_own_flag_forbids_is_named(store: CatalogueStore, handwritten: Path) -> None:
    write(handwritten, extra="flags: [fee_implausibly_small]\n")
    report = check(store, TODAY)
    assert [(one.code, one.detail) for one in report.overruled] == [("9.000005", "fee_implausibly_small")]
    assert not report.is_clean


def test_a_file_that_cannot_be_used_is_told_first(store: CatalogueStore, handwritten: Path) -> None:
    (handwritten / "9.000007.yml").write_text("code: 9.000007\n", encoding="utf-8")
    said = render_text(check(store, TODAY))
    assert "9.000007.yml, dòng 1, mục code" in said.splitlines()[3]


@pytest.fixture
def full_report(store: CatalogueStore, handwritten: Path, tmp_path: Path) -> CheckReport:
    write(handwritten, extra="flags: [cites_repealed_law]\n")
    records = [
        changed(PORTAL, code=f"9.{number:06d}", flags=["time_unit_missing_on_portal"]) for number in range(100, 140)
    ]
    store.import_paths([write_lines(tmp_path / "a.jsonl", *records, SUPERSEDED)])
    return check(store, TODAY)


def test_long_sections_are_cut_on_the_terminal_and_whole_in_json(full_report: CheckReport) -> None:
    said = render_text(full_report)
    assert f"… và {40 - MOST_LINES} dòng nữa" in said
    assert len(json.loads(json.dumps(to_json(full_report)))["flagged"]["time"]) == 40


def test_handwritten_findings_are_marked(full_report: CheckReport) -> None:
    said = render_text(full_report)
    assert "1, trong đó 1 viết tay (*)" in said
    assert "* 9.000005  Xin nuôi ong" in said
