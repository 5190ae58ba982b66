"""Lists of names: what is there without a record is told with who is responsible, and never in place of a record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from installations import open_catalogue
from places import NLU_DATA

from catalogue.importers.names import NAMES
from catalogue.notices import Named
from catalogue.store import CatalogueStore
from language.normalise import normalise
from understanding.decision import rank
from understanding.features import Utterance
from understanding.phrase_index import Hit
from understanding.search import CatalogueSearch


def entry(code: str, name: str, office: str = "Sở Công thương; Sở Công thương") -> dict[str, str]:
    return {
        "code": code,
        "name": name,
        "promulgating_agency": "Bộ Công thương",
        "executing_agency": office,
        "field": "Lưu thông hàng hóa trong nước",
        "agency": "Bộ Công thương",
        "collected_at": "2025-04-28T09:52:20.784Z",
    }


LIST = [
    entry("1.909001", "Thủ tục cấp phép nuôi chim yến trong phố (2024)."),
    entry("1.909002", "ĐĂNG KÝ LÀM MẬT MÍA"),
    entry("1.909003", "Cấp đổi giấy làm mật (thực hiện tại cấp huyện)"),
    entry("1.909004", "Đăng ký khai sinh"),
    entry("1.001193", "Thủ tục đăng ký khai sinh"),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogueStore]:
    opened = open_catalogue(f"sqlite:///{tmp_path / 'catalogue.db'}", NLU_DATA / "procedures")
    path = tmp_path / "names.json"
    path.write_text(json.dumps(LIST), encoding="utf-8")
    report = opened.import_paths([path])
    assert (report.imported, report.skipped) == ((), ())
    yield opened
    opened.close()


def test_a_name_is_read_without_its_heading_and_edition() -> None:
    (notice,) = NAMES.read(LIST[0]).notices
    assert isinstance(notice, Named)
    assert (notice.name, notice.office) == ("Cấp phép nuôi chim yến trong phố", "Sở Công thương")
    assert notice.listed_on == date(2025, 4, 28)


def test_only_what_has_no_record_is_told_as_a_name(store: CatalogueStore) -> None:
    """Neither what stands in the catalogue by code or by name, nor what districts did, which have ended."""
    assert {one.code: one.name for one in store.named()} == {
        "1.909001": "Cấp phép nuôi chim yến trong phố",
        "1.909002": "Đăng ký làm mật mía",
    }
    found = store.current("1.909001")
    assert found is not None
    assert found.is_name_only
    birth = store.current("1.001193")
    assert birth is not None
    assert not birth.is_name_only
    assert "1.909001" not in {row.code for row in store.light()}


def test_importing_a_list_again_changes_nothing(store: CatalogueStore, tmp_path: Path) -> None:
    version = store.version()
    assert not store.import_paths([tmp_path / "names.json"]).changed
    assert store.version() == version


def test_a_name_is_found_by_its_words(store: CatalogueStore) -> None:
    search = CatalogueSearch(store)
    hits = search.index().search(Utterance.of(normalise("xin cấp phép nuôi chim yến trong phố")))
    assert hits[0].code == "1.909001"
    assert search.named() == {"1.909001", "1.909002"}


def test_a_name_is_told_where_it_is_the_nearest_and_never_offered() -> None:
    named = frozenset({"1.909001", "1.909002"})
    hits = [Hit("1.909001", 0.9), Hit("1.000001", 0.5), Hit("1.909002", 0.48)]
    assert [one.code for one in rank(hits, {}, named=named)] == ["1.909001", "1.000001"]
    # As near as a record, the record goes before it.
    assert rank([Hit("1.909001", 0.9), Hit("1.000001", 0.85)], {}, named=named)[0].code == "1.000001"
