"""The day a rule ends or begins changes what citizens are told, by itself; before it they are warned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from places import NLU_DATA

from actions.procedures.answers import Answers
from actions.procedures.dated_answers import lines_of
from catalogue.knowledge_base import KnowledgeBase, KnowledgeEntry
from catalogue.record import Dated, Procedure
from catalogue.rules import RulesFolder
from catalogue.yaml_files import load_folder
from contract.aspects import Aspect
from contract.wording import wording_of
from language.formatting import format_date

WORDING = wording_of(NLU_DATA)
CORE = WORDING.room("core")
LAST = date(2026, 12, 31)
DAY = timedelta(days=1)
WRITTEN = {
    "answer": {"vi": "Phải công chứng.", "en": "It is notarised."},
    "asked_as": ["a", "b", "c"],
    "id": "paper.sign",
}
COMES = {"then": {"vi": "Không phải công chứng nữa.", "en": "It need not be notarised."}}
SIDES = (Aspect.FEE, Aspect.BESIDES, Aspect.RECEIVE)


def entry(**changes: Any) -> KnowledgeEntry:
    return KnowledgeEntry.model_validate({**WRITTEN, **changes})


def told(written: KnowledgeEntry, day: date, language: str = "vi") -> str:
    return " ".join(lines_of(written, CORE, language, day))


def test_a_sentence_changes_on_its_day_and_says_so_before() -> None:
    written = entry(valid_until=LAST, **COMES)
    assert told(written, LAST - timedelta(days=61)) == "Phải công chứng."
    assert told(written, LAST) == "Phải công chứng. Từ 01/01/2027: không phải công chứng nữa."
    assert told(written, LAST + DAY) == "Không phải công chứng nữa."
    assert told(written, LAST + DAY, "en") == "It need not be notarised."


def test_a_sentence_that_nobody_followed_up_is_told_as_one_that_may_have_changed() -> None:
    written = entry(valid_until=LAST)
    assert told(written, LAST - timedelta(days=61)) == "Phải công chứng."
    assert told(written, LAST).endswith("đúng đến hết 31/12/2026.")
    assert "chỉ chắc đến hết 31/12/2026" in told(written, LAST + DAY)


def test_a_sentence_that_names_its_last_day_does_not_say_it_twice() -> None:
    written = entry(valid_until=LAST, answer={"vi": "Đến hết 31/12/2026 phải công chứng."})
    assert told(written, LAST).count("31/12/2026") == 1


@pytest.mark.parametrize(
    "changes",
    [COMES, {"valid_until": "2026-12-31", "then": {"vi": "Không phải công chứng nữa."}}],
    ids=["without a day", "in fewer languages"],
)
def test_what_comes_next_needs_a_day_and_every_language(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="then"):
        entry(**changes)


def dated_facts(procedure: Procedure) -> Iterator[Dated]:
    """What of a record is told and has a first or a last day."""
    for submission in procedure.submissions:
        yield from (fee for fee in submission.fees if fee.certain)
    yield from (*procedure.besides, *procedure.receive, *procedure.exemptions)


def days_that_come(procedure: Procedure, today: date) -> set[date]:
    """First days of what is told otherwise from then on, after ``today``."""
    found = {fact.valid_from for fact in dated_facts(procedure) if fact.valid_from}
    found |= {fact.valid_until + DAY for fact in dated_facts(procedure) if fact.valid_until}
    return {day for day in found if day > today}


def told_on(procedure: Procedure, day: date) -> str:
    answers = Answers(CORE, lambda: day, timedelta(days=3650))
    replies = [answers.reply(procedure, side) for side in SIDES]
    return "\n".join(line for reply in replies for line in (reply.short, *reply.details))


def test_every_day_in_a_shipped_record_changes_its_answer_and_is_told_before() -> None:
    rules = RulesFolder(NLU_DATA).rules()
    read = [rules.apply(one) for one in load_folder(NLU_DATA / "procedures")]
    checked = 0
    for procedure in read:
        for first in days_that_come(procedure, date(2026, 11, 30)):
            before, after = told_on(procedure, first - DAY), told_on(procedure, first)
            assert before != after, f"{procedure.code} {first}"
            named = {format_date(first), format_date(first - DAY)}
            assert any(day in before for day in named), f"{procedure.code} {first}"
            checked += 1
    assert checked >= 20


def test_every_amount_that_ends_this_year_has_one_that_follows() -> None:
    first = date(2027, 1, 1)
    for procedure in load_folder(NLU_DATA / "procedures"):
        if first in days_that_come(procedure, LAST):
            assert "chưa nói chắc được" not in told_on(procedure, first), procedure.code


def test_a_law_that_begins_is_told_before_and_doubts_what_was_read_before() -> None:
    rules = RulesFolder(NLU_DATA).rules()
    coming = [
        (one, announcement)
        for one in map(rules.apply, load_folder(NLU_DATA / "procedures"))
        for announcement in one.announced
        if announcement.starts_on > LAST
    ]
    assert coming
    for procedure, announcement in coming:
        first = announcement.starts_on
        assert f"từ {format_date(first)} {announcement.what}" in told_on(procedure, first - DAY)
        assert "quy định có thể đã thay đổi" in told_on(procedure, first)


def test_shipped_sentences_with_a_day_change_on_it() -> None:
    known = KnowledgeBase(NLU_DATA / "knowledge", WORDING.contacts)
    dated = [one for one in known.entries().values() if one.valid_until is not None]
    assert len(dated) >= 10
    for one in dated:
        assert one.valid_until is not None
        assert told(one, one.valid_until) != told(one, one.valid_until + DAY), one.id
