"""A newer record imported over a hand-written one: what citizens hear at once, and what waits for an officer."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from catalogue_samples import PORTAL

from catalogue.field_changes import Subject
from catalogue.flags import CHANGED_PERHAPS
from catalogue.record import Procedure
from catalogue.store import CatalogueStore

TODAY = date(2026, 11, 29)

WRITTEN = """\
code: "9.000001"
official_name: Đăng ký nuôi ong lấy mật
short_name: Xin nuôi ong
agency: Bộ Nông nghiệp và Môi trường
field: Chăn nuôi
levels: [commune]
asked_as: {plain: [nuôi ong cần gì]}
papers: [{items: [{text: Tờ khai nuôi ong}]}]
submissions:
  - {way: direct, times: [{value: 5, unit: working_day}], fees: [{amount: 20000}]}
decision: {number: 12/QĐ-BNNMT}
checked_on: 2026-07-20
"""


@pytest.fixture
def written(handwritten: Path) -> Path:
    file = handwritten / "9.000001.yml"
    file.write_text(WRITTEN, encoding="utf-8")
    return file


@pytest.fixture
def import_(store: CatalogueStore, written: Path, tmp_path: Path) -> Callable[..., None]:
    assert written.exists()
    numbers = iter(range(1, 99))

    def do(fee: int = 20_000, days: int = 5, **changes: Any) -> None:
        record = copy.deepcopy(PORTAL)
        record["methods"] = [
            {
                "method": "DIRECT",
                "time_value": days,
                "time_unit": "WORKING_DAY",
                "fee_label": f"{fee} đồng",
                "fee_amount": fee,
                "fee_currency": "VND",
                "note": "",
            }
        ]
        file = tmp_path / f"import_{next(numbers)}.json"
        file.write_text(json.dumps([{**record, **changes}], ensure_ascii=False), encoding="utf-8")
        report = store.import_paths([file])
        assert report.changed, report

    return do


def told(store: CatalogueStore, code: str = "9.000001") -> Procedure:
    found = store.current(code)
    assert found is not None
    return found


def fees(procedure: Procedure) -> list[int | None]:
    return [fee.stated_on(TODAY) for one in procedure.submissions for fee in one.fees]


def subjects(store: CatalogueStore) -> list[Subject]:
    return [change.subject for found in store.differences() for change in found.changes]


def test_the_same_facts_on_a_later_day_change_nothing(store: CatalogueStore, import_: Callable[..., None]) -> None:
    import_(crawl_snapshot="2026-11-20")
    assert store.differences() == ()
    assert fees(told(store)) == [20_000]


def test_a_newer_decision_answers_at_once_in_our_own_words(store: CatalogueStore, import_: Callable[..., None]) -> None:
    import_(fee=30_000, days=3, decision_no="99/QĐ-BNNMT", decision_date="2026-11-10", crawl_snapshot="2026-11-20")
    now = told(store)
    assert fees(now) == [30_000]
    assert (now.short_name, now.asked_as.plain) == ("Xin nuôi ong", ("nuôi ong cần gì",))
    assert (now.decision and now.decision.number, now.checked_on) == ("99/QĐ-BNNMT", date(2026, 11, 20))
    (found,) = store.differences()
    assert found.certain
    assert [(one.subject, one.before, one.after) for one in found.changes] == [
        (Subject.DECISION, "12/QĐ-BNNMT", "99/QĐ-BNNMT"),
        (Subject.FEE, "20.000 đồng", "30.000 đồng"),
        (Subject.TIME, "5 working_day", "3 working_day"),
    ]


def test_a_decision_of_november_is_not_called_read_in_july(store: CatalogueStore, import_: Callable[..., None]) -> None:
    import_(decision_no="99/QĐ-BNNMT", decision_date="2026-11-10", crawl_snapshot="2026-07-21")
    assert told(store).checked_on == date(2026, 11, 10)


@pytest.mark.parametrize(
    ("changes", "subject"),
    [({"fee": 30_000}, Subject.FEE), ({"days": 9}, Subject.TIME), ({"agency": "Bộ Y tế"}, Subject.AGENCY)],
)
def test_other_facts_under_the_same_decision_are_told_as_doubtful(
    store: CatalogueStore, import_: Callable[..., None], changes: dict[str, Any], subject: Subject
) -> None:
    import_(crawl_snapshot="2026-11-20", **changes)
    assert subjects(store) == [subject]
    now = told(store)
    assert (fees(now) == [None]) is (subject is Subject.FEE)
    assert now.tells_time(TODAY) is (subject is not Subject.TIME)
    assert (CHANGED_PERHAPS in now.flags) is (subject is Subject.AGENCY)


def test_papers_are_compared_with_the_import_before(store: CatalogueStore, import_: Callable[..., None]) -> None:
    import_(crawl_snapshot="2026-07-20")
    import_(
        crawl_snapshot="2026-11-20",
        papers=[{"case": "", "papers": [{"name": "Giấy mới phải nộp", "originals": 1, "copies": 0}]}],
    )
    assert subjects(store) == [Subject.PAPERS]
    assert CHANGED_PERHAPS in told(store).flags


def test_an_older_record_changes_nothing(store: CatalogueStore, import_: Callable[..., None]) -> None:
    import_(fee=30_000, decision_no="1/QĐ-BNNMT", crawl_snapshot="2025-04-01")
    assert store.differences() == ()
    assert fees(told(store)) == [20_000]


def test_a_fee_in_doubt_in_the_newer_record_is_not_told_from_the_older_decision(
    store: CatalogueStore, import_: Callable[..., None]
) -> None:
    import_(
        fee=50,
        decision_no="99/QĐ-BNNMT",
        decision_date="2026-11-10",
        crawl_snapshot="2026-11-20",
        flags=["fee_implausibly_small"],
    )
    assert fees(told(store)) == [None]


def test_an_officer_ends_the_matter_by_reading_the_newer_record(
    store: CatalogueStore, import_: Callable[..., None], written: Path
) -> None:
    import_(fee=30_000, decision_no="99/QĐ-BNNMT", crawl_snapshot="2026-11-20")
    assert store.differences()
    read_again = WRITTEN.replace("2026-07-20", "2026-11-21").replace("12/QĐ", "99/QĐ").replace("20000", "30000")
    written.write_text(read_again, encoding="utf-8")
    assert store.differences() == ()
    assert fees(told(store)) == [30_000]


def test_a_record_that_replaces_a_code_answers_for_it(store: CatalogueStore, import_: Callable[..., None]) -> None:
    import_(code="9.000777", replaces=["9.000001"], decision_no="99/QĐ-BNNMT", crawl_snapshot="2026-11-20")
    assert told(store).code == "9.000777"
    ((replaced, by),) = store.replaced()
    assert (replaced.code, by) == ("9.000001", ("9.000777",))


@pytest.mark.usefixtures("written")
def test_a_code_replaced_by_one_nobody_has_is_told_as_doubtful(store: CatalogueStore, tmp_path: Path) -> None:
    file = tmp_path / "superseded.json"
    change = {"old": ["9.000001"], "new": ["9.000888"], "what": "gộp thủ tục", "certainty": "read in full"}
    file.write_text(json.dumps({"items": [change]}, ensure_ascii=False), encoding="utf-8")
    store.import_paths([file])
    now = told(store)
    assert now.code == "9.000001"
    assert "probably_superseded_or_abolished_2026-27" in now.flags
