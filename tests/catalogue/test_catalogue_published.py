"""The published lists as they are: numbers, doubts, and nothing lost between two imports."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from installations import open_catalogue

from actions.procedures.answers import Answers
from catalogue.check import check
from catalogue.flags import FEE_IN_DOUBT, doubts_fee
from catalogue.importers.submissions import times_in_note
from catalogue.money import find_amounts, says_free
from catalogue.record import Procedure, Way
from catalogue.report import ImportReport
from catalogue.store import CatalogueStore
from catalogue.wording import fact
from catalogue.yaml_files import load_folder
from contract.wording import wording_of

pytestmark = pytest.mark.xdist_group("published records")

TODAY = date(2026, 11, 23)
NLU_DATA = Path(__file__).resolve().parents[2] / "nlu_data"
RECORDS = (
    "procedures_2026-07.jsonl.gz",
    "bqp_procedures_2025.jsonl",
    "bca_can_cuoc_2026-08_curated.json",
    "byt_social_protection_curated.json",
)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CatalogueStore]:
    store = open_catalogue(f"sqlite:///{tmp_path_factory.mktemp('published') / 'catalogue.db'}")
    yield store
    store.close()


@pytest.fixture(scope="module")
def first_import(catalogue: CatalogueStore, published: Path) -> ImportReport:
    return catalogue.import_paths([published / name for name in RECORDS])


@pytest.fixture(scope="module")
def whole(catalogue: CatalogueStore, published: Path, first_import: ImportReport) -> ImportReport:
    """The rest of the folder on top of the records: names people use, replaced and rejected codes."""
    return catalogue.import_paths(sorted(path for path in published.iterdir() if path.name not in RECORDS))


@pytest.fixture(scope="module")
def procedures(catalogue: CatalogueStore, whole: ImportReport) -> dict[str, Procedure]:
    return {procedure.code: procedure for procedure in catalogue.all()}


@pytest.fixture(scope="module")
def crawl(published: Path) -> dict[str, dict[str, object]]:
    with gzip.open(published / RECORDS[0], "rt", encoding="utf-8") as lines:
        return {record["code"]: record for record in map(json.loads, lines)}


def test_every_published_record_is_imported(first_import: ImportReport) -> None:
    assert first_import.skipped == ()
    assert len(first_import.imported) == 2_625 + 207 + 5
    assert len(set(first_import.imported)) == 2_837


def test_the_rest_of_the_folder_adds_the_rural_list_the_notices_and_the_names(
    catalogue: CatalogueStore, whole: ImportReport
) -> None:
    assert len(whole.imported) == 46
    assert (whole.updated, whole.unchanged) == ((), ())
    assert len(catalogue.notices().named) == 5_813
    assert whole.notices == 46 + 9 + 17 + 5_813
    assert whole.skipped == ()


def test_importing_everything_again_changes_nothing(
    catalogue: CatalogueStore, published: Path, whole: ImportReport
) -> None:
    version = catalogue.version()
    again = catalogue.import_paths([published])
    assert not again.changed
    assert len(again.unchanged) == 2_837 + 46
    assert catalogue.version() == version


def test_the_order_of_imports_is_of_no_consequence(tmp_path: Path, published: Path) -> None:
    paths = sorted(path for path in published.glob("*.json*") if path.suffix != ".gz" and "index" not in path.name)
    catalogues = []
    for name, order in (("forwards", paths), ("backwards", paths[::-1])):
        store = open_catalogue(f"sqlite:///{tmp_path / name}.db")
        for path in order:
            store.import_paths([path])
        catalogues.append((list(store.all()), store.light()))
        store.close()
    assert len(catalogues[0][0]) == 207 + 5 + 41
    assert catalogues[0] == catalogues[1]


def test_light_rows_are_complete(catalogue: CatalogueStore, procedures: dict[str, Procedure]) -> None:
    light = catalogue.light()
    assert [row.code for row in light] == sorted(procedures)
    assert {row.code for row in light if row.is_superseded} == {
        code for code, procedure in procedures.items() if procedure.is_superseded
    }


def test_no_flagged_fee_comes_out_as_certain(
    procedures: dict[str, Procedure], crawl: dict[str, dict[str, object]]
) -> None:
    flagged = {code for code, record in crawl.items() if FEE_IN_DOUBT & set(record["flags"])}  # type: ignore[call-overload]
    assert len(flagged) > 400
    for code in flagged:
        procedure = procedures[code]
        assert doubts_fee(procedure.flags)
        for submission in procedure.submissions:
            assert not (submission.note and (find_amounts(submission.note) or says_free(submission.note))), code
            for fee in submission.fees:
                assert not fee.certain, code
                assert fee.stated_on(TODAY) is None, code
                assert fee.amount is None, code
                for text in (fee.note, fee.case):
                    assert text is None or not (find_amounts(text) or says_free(text)), code


def test_every_certain_amount_is_the_published_one(
    procedures: dict[str, Procedure], crawl: dict[str, dict[str, object]]
) -> None:
    certain = 0
    for code, record in crawl.items():
        published = {
            method["fee_amount"]
            for method in record["methods"]  # type: ignore[attr-defined]
            if method["fee_currency"] == "VND"
        }
        for submission in procedures[code].submissions:
            for fee in submission.fees:
                if fee.certain:
                    certain += 1
                    assert fee.amount in published, code
    assert certain > 4_000


def test_no_time_without_unit_comes_out_as_a_number(
    procedures: dict[str, Procedure], crawl: dict[str, dict[str, object]]
) -> None:
    found = 0
    for code, record in crawl.items():
        every = {
            (one["time_value"], one["time_unit"].lower())
            for one in record["methods"]  # type: ignore[attr-defined]
            if one["time_value"] and one["time_unit"]
        }
        for way in Way:
            methods = [one for one in record["methods"] if one["method"] == way.name]  # type: ignore[attr-defined]
            stated = {
                (one["time_value"], one["time_unit"].lower())
                for one in methods
                if one["time_value"] and one["time_unit"]
            }
            times = [time for one in procedures[code].submissions if one.way is way for time in one.times]
            told = {(time.value, time.unit.value) for time in times if time.unit is not None}
            noted = {
                (time.value, time.unit.value)
                for one in methods
                for time in times_in_note(re.sub(r"^\([^)]*\)", "", str(one["note"] or "")))
                if time.unit is not None
            }
            if record["field"] == "Đất đai":
                # The longer time of remote communes stands under another way of the same record.
                assert told <= every, code
            else:
                assert told == (stated or noted), code
            land = record["field"] == "Đất đai"
            if any(one["time_value"] and not one["time_unit"] for one in methods) and not (noted or land):
                found += 1
                assert any(time.note == fact("unit_unknown") for time in times), code
    assert found > 500


def test_texts_are_clean(procedures: dict[str, Procedure]) -> None:
    for procedure in procedures.values():
        for case in procedure.papers:
            for paper in case.items:
                assert not re.match(r"[-+*•–]\s|[a-zđ]\)\s", paper.text), procedure.code
        assert "Mã:" not in (procedure.result or ""), procedure.code
        assert not re.search(r"[\u200b-\u200f\ue000-\uf8ff\xa0]", str(procedure.to_json())), procedure.code
        assert all("Từ khóa" not in condition for condition in procedure.conditions), procedure.code


LEFTOVERS = {
    "a name of a file": re.compile(r"`|(?<![“.\w])\.(?:docx?|pdf|xlsx?|rar|zip)\b"),
    "doubled or lonely marks": re.compile(r"::|;;|,,|[^.]\.\.$|\s[,;:.](?:\s|$)"),
    "the letter of a list": re.compile(r"^[A-Z]\.(?:\s|$)|^\W*[A-ZĐ]\W*$"),
    "marks of a page": re.compile(r"<[a-z/]|&(?:nbsp|amp|lt|gt);|\bundefined\b|\bNaN\b|KQ\.G"),
    "a mark in front": re.compile(r"^[\s,;:.)\]\-+*•–/]"),
    "empty brackets": re.compile(r"\(\s*\)|\[\s*\]"),
}


def test_nothing_of_the_page_is_left_in_what_is_told(procedures: dict[str, Procedure]) -> None:
    left = {
        (record.code, kind, text)
        for record in procedures.values()
        for text in _told(record)
        for kind, leftover in LEFTOVERS.items()
        if leftover.search(text)
    }
    assert left == set()


def _told(record: Procedure) -> Iterator[str]:
    yield from (text for text in (record.official_name, record.where, record.result) if text is not None)
    yield from (*record.conditions, *record.steps, *record.subjects, *record.forms)
    yield from (item.text for case in record.papers for item in case.items)
    for one in record.submissions:
        facts = (one, *one.times, *one.fees)
        yield from (text for fact in facts for text in (fact.note, getattr(fact, "case", None)) if text is not None)


def test_decisions_have_one_shape(procedures: dict[str, Procedure]) -> None:
    numbers = {record.code: record.decision.number for record in procedures.values() if record.decision is not None}
    assert len(numbers) > 2_500
    odd = {
        code: one
        for code, one in numbers.items()
        if not re.fullmatch(r"\d[0-9.]*[a-z]?(?:/[A-ZĐ][0-9A-ZĐa-z./-]*)?", one)
    }
    assert odd == {}


def test_no_office_of_one_province_is_told_to_the_whole_country(procedures: dict[str, Procedure]) -> None:
    places = {code: record.where for code, record in procedures.items() if record.where and not record.province}
    one = re.compile(
        r"^(?:Sở|Ủy ban nhân dân|Công an|UBND)\b[^,;]*\b(?:tỉnh|thành phố)\s+(?!trực thuộc|Trực thuộc)[A-ZĐ]"
    )
    assert {code: where for code, where in places.items() if one.search(where)} == {}


def test_birth_registration_shows_its_papers_and_keeps_remarks_out(procedures: dict[str, Procedure]) -> None:
    procedure = procedures["1.001193"]
    papers = [paper for case in procedure.papers for paper in case.items]
    assert {case.case for case in procedure.papers} == {None}
    assert [paper.show_only for paper in papers].count(True) == 2
    assert len(papers) == 8
    assert procedure.short_name == "Giấy khai sinh"
    assert procedure.result == "Giấy khai sinh"


def test_the_identity_card_is_free_only_where_the_source_is_clear(procedures: dict[str, Procedure]) -> None:
    fees = procedures["1.116410"].submissions[0].fees
    assert [(fee.amount, fee.certain) for fee in fees] == [(0, True), (None, False), (None, False)]


def test_merged_identity_card_codes_lead_to_the_new_one(
    catalogue: CatalogueStore, procedures: dict[str, Procedure]
) -> None:
    for old in ("1.014061", "1.014062", "1.014063", "1.014064"):
        current = catalogue.current(old)
        assert current is not None
        assert current.code == "1.116410"
        assert procedures[old].is_superseded


def test_hearsay_about_poor_households_is_only_a_doubt(procedures: dict[str, Procedure]) -> None:
    for code in ("1.011606", "1.011607", "1.011608", "3.000412"):
        assert not procedures[code].is_superseded
        assert "probably_superseded_or_abolished_2026-27" in procedures[code].flags


def test_rejected_pages_are_not_answered(catalogue: CatalogueStore, whole: ImportReport) -> None:
    assert len(catalogue.notices().rejected) == 17
    assert all(catalogue.get(code) is None for code in catalogue.notices().rejected)


def test_the_check_finds_the_known_flaws(catalogue: CatalogueStore, whole: ImportReport) -> None:
    report = check(catalogue, TODAY)
    assert len(report.stale) == 207
    assert len(report.superseded) == 8
    assert len(report.flagged["fee"]) >= 458
    assert len(report.flagged["time"]) >= 357
    assert len(report.flagged["law"]) >= 22
    assert any(finding.detail == "2026-12-31" for finding in report.expiring)
    assert any(notice.field == "Hộ tịch" for notice in report.law_changes)


def test_no_time_is_told_by_way_of_submission_though_the_law_sets_cases(procedures: dict[str, Procedure]) -> None:
    """Every record there is: where offices put cases into the fields of the ways, a range is told, or nothing."""
    words = wording_of(NLU_DATA).room("core")
    answers = Answers(words, lambda: TODAY, timedelta(days=180))
    ways = [words.text(words.default, f"way_{way}") for way in Way]
    told = {record.code: sides.time[0] for record in _every(procedures) if (sides := answers.sides(record)) is not None}
    assert len(told) > 2_800
    assert {code: line for code, line in told.items() if any(way in line.lower() for way in ways)} == {}


def test_fees_differ_by_way_only_where_handing_in_online_costs_less(procedures: dict[str, Procedure]) -> None:
    for record in _every(procedures):
        stated = {
            one.way: {fee.case: fee.stated_on(TODAY) or 0 for fee in one.fees}
            for one in record.submissions
            if one.fees and all(fee.stated_on(TODAY) is not None for fee in one.fees)
        }
        desk = stated.get(Way.DIRECT)
        if desk is None or doubts_fee(record.flags):
            continue
        assert stated.get(Way.POSTAL, desk) == desk, (record.code, stated)
        for case, online in stated.get(Way.ONLINE, desk).items():
            assert online == 0 or 0.4 * desk[case] <= online <= desk[case], (record.code, stated)


def _every(procedures: dict[str, Procedure]) -> list[Procedure]:
    return [*procedures.values(), *load_folder(NLU_DATA / "procedures")]
