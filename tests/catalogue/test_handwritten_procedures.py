"""The procedures the repository brings along, as an officer would check them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from installations import open_catalogue

from catalogue.check import CheckReport, check
from catalogue.yaml_files import load_folder

FOLDER = Path(__file__).resolve().parents[2] / "nlu_data" / "procedures"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckReport]:
    store = open_catalogue(f"sqlite:///{tmp_path_factory.mktemp('own') / 'catalogue.db'}", FOLDER)
    yield check(store, date(2026, 11, 23))
    store.close()


def test_every_file_is_right() -> None:
    assert len(load_folder(FOLDER)) >= 100


def test_every_file_is_named_after_its_code() -> None:
    names = {path.stem.split("-")[0] for path in FOLDER.glob("*.yml")}
    assert names == {procedure.code for procedure in load_folder(FOLDER)}


def test_no_fee_is_stated_that_a_flag_forbids(report: CheckReport) -> None:
    assert report.overruled == ()


def test_no_way_of_asking_stands_with_two_procedures(report: CheckReport) -> None:
    assert report.duplicates == ()


@pytest.mark.parametrize("what", ["where", "phrases", "short_name", "too_long"])
def test_nothing_an_answer_needs_is_missing(report: CheckReport, what: str) -> None:
    assert report.incomplete[what] == ()


def test_no_replaced_procedure_is_kept(report: CheckReport) -> None:
    assert report.superseded == ()


def test_every_text_is_in_composed_letters() -> None:
    for path in FOLDER.glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        assert text == unicodedata.normalize("NFC", text), path.name
