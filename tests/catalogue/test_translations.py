"""Facts in another language: by the line of the record, never older than it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from places import NLU_DATA

from catalogue.record import Procedure, RecordModel
from catalogue.translations import facts_in, in_language
from catalogue.yaml_files import load_folder
from language.languages import default_language

_TOLD = ("summary", "papers", "papers_question", "submissions", "besides", "receive", "where", "steps", "conditions")


@pytest.fixture(scope="module")
def most_asked() -> list[Procedure]:
    codes = yaml.safe_load((NLU_DATA / "most_asked.yml").read_text(encoding="utf-8"))["codes"]
    return [record for record in load_folder(NLU_DATA / "procedures") if record.code in codes]


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, tuple):
        for one in value:
            yield from _lines(one)
    elif isinstance(value, RecordModel):
        for name in type(value).model_fields:
            if name not in ("basis", "source"):
                yield from _lines(getattr(value, name))
    elif type(value) is str:
        yield value


def test_nearly_every_fact_of_the_procedures_asked_most_is_told_in_english(most_asked: list[Procedure]) -> None:
    lines = {line for record in most_asked for name in _TOLD for line in _lines(getattr(record, name))}
    waiting = sorted(lines - facts_in("en").keys())
    # A fact that has just changed may wait for its translation; it is told as the record has it.
    assert len(waiting) <= len(lines) // 20, waiting


def test_a_record_keeps_its_shape_its_names_and_its_figures(most_asked: list[Procedure]) -> None:
    for record in most_asked:
        told = in_language(record, "en")
        assert (told.code, told.short_name, told.official_name) == (
            record.code,
            record.short_name,
            record.official_name,
        )
        assert len(told.conditions) == len(record.conditions)
        assert [len(case.items) for case in told.papers] == [len(case.items) for case in record.papers]
        fees = [fee.amount for way in record.submissions for fee in way.fees]
        assert [fee.amount for way in told.submissions for fee in way.fees] == fees


def test_a_changed_fact_is_told_as_the_record_has_it(most_asked: list[Procedure]) -> None:
    changed = most_asked[0].model_copy(update={"where": "Nơi mới"})
    assert in_language(changed, "en").where == "Nơi mới"


def test_the_language_of_the_records_needs_no_translation(most_asked: list[Procedure]) -> None:
    assert in_language(most_asked[0], default_language()) is most_asked[0]


def test_no_translation_is_of_a_line_that_no_record_has() -> None:
    known: set[str] = set()
    for record in load_folder(NLU_DATA / "procedures"):
        for name in Procedure.model_fields:
            known.update(_lines(getattr(record, name)))
    for file in ("exemptions.yml", "announced.yml", "payments.yml"):
        known.update(_strings(yaml.safe_load((NLU_DATA / file).read_text(encoding="utf-8"))))
    left = sorted(facts_in("en").keys() - known)
    assert len(left) <= len(known) // 100, left


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, str):
        yield " ".join(value.split())
