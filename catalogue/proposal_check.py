"""What speaks against telling a proposed record: what must be mended first, and what an approver should look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from catalogue.check import FEWEST_PHRASES, LONGEST_LINE, LONGEST_SHORT_NAME
from catalogue.field_changes import Subject, field_changes
from catalogue.flags import doubts_fee
from catalogue.record import Origin, Procedure
from catalogue.text import fold

MOST_WORDS = 60
"""Words of one way of asking; nobody asks in more."""


@dataclass(frozen=True, slots=True)
class Remarked:
    """Something about a proposed record, put into words by the page."""

    key: str
    grave: bool
    """Whether it must be mended before the record may be told."""
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """How another procedure is asked for."""

    code: str
    phrases: tuple[str, ...]


def weigh(
    record: Procedure,
    base: Procedure | None,
    today: date,
    neighbours: Iterable[Neighbour],
    measured: Iterable[str],
    later: Sequence[date],
) -> tuple[Remarked, ...]:
    """Everything worth remarking, grave things first.

    Args:
        record: as proposed.
        base: as told so far; None for a new procedure.
        today: the local date.
        neighbours: how every procedure is asked for, this one's own among them.
        measured: texts of the accuracy sets: what is learnt by heart no longer measures anything.
        later: first days from which other approved records of this code and province are told.
    """
    found = [
        *_ways_of_asking(record, base, neighbours, measured),
        *_what_is_told(record),
        *_sources(record, base, today),
        *_days(record, today, later),
    ]
    return tuple(sorted(found, key=lambda one: not one.grave))


def learns_anew(record: Procedure, base: Procedure | None) -> bool:
    """Whether the model has to be trained for it: names and ways of asking are learnt, facts are looked up."""
    if base is None or base.origin is Origin.IMPORTED:
        return True
    return (record.official_name, record.short_name, record.asked_as) != (
        base.official_name, base.short_name, base.asked_as,
    )  # fmt: skip


def _ways_of_asking(
    record: Procedure, base: Procedure | None, neighbours: Iterable[Neighbour], measured: Iterable[str]
) -> Iterator[Remarked]:
    before = {fold(phrase) for phrase in base.asked_as.all} if base is not None else set()
    mine = {fold(phrase): phrase for phrase in record.asked_as.all}
    new = {words: phrase for words, phrase in mine.items() if words not in before}
    for other in neighbours if new else ():
        if other.code != record.code:
            for shared in new.keys() & {fold(phrase) for phrase in other.phrases}:
                yield _remarked("remark_asked_elsewhere", True, phrase=new[shared], code=other.code)
    for learnt in sorted(new.keys() & {fold(text) for text in (measured if new else ())}):
        yield _remarked("remark_measured", True, phrase=new[learnt])
    for phrase in new.values():
        if len(phrase.split()) > MOST_WORDS:
            yield _remarked("remark_phrase_long", False, phrase=phrase[:60])
    if len(mine) < FEWEST_PHRASES:
        yield _remarked("remark_few_phrases", False, count=len(mine), wanted=FEWEST_PHRASES)


def _what_is_told(record: Procedure) -> Iterator[Remarked]:
    if len(record.short_name) > LONGEST_SHORT_NAME:
        yield _remarked("remark_name_long", True, most=LONGEST_SHORT_NAME)
    if not record.papers:
        yield _remarked("remark_no_papers", False)
    if record.where is None:
        yield _remarked("remark_no_place", False)
    fees = [fee for submission in record.submissions for fee in submission.fees]
    if doubts_fee(record.flags) and any(fee.certain and fee.amount is not None for fee in fees):
        yield _remarked("remark_flagged_fee", True)
    texts = [record.summary, record.where, record.result, *record.steps, *record.conditions]
    texts += [paper.text for case in record.papers for paper in case.items]
    for text in texts:
        if text and len(text) > LONGEST_LINE:
            yield _remarked("remark_line_long", False, text=text[:60], most=LONGEST_LINE)


def _sources(record: Procedure, base: Procedure | None, today: date) -> Iterator[Remarked]:
    """Every fact has a source and a day: where a fact changes, at least one of them has to move."""
    if record.checked_on > today:
        yield _remarked("remark_read_tomorrow", True)
    if record.source is None and record.decision is None and not record.legal_basis:
        yield _remarked("remark_no_source", True)
    if base is None or record.checked_on > base.checked_on:
        return
    if any(one.subject in (Subject.FEE, Subject.TIME, Subject.PAPERS) for one in field_changes(base, record)):
        yield _remarked("remark_not_read_again", True, day=f"{base.checked_on:%d/%m/%Y}")


def _days(record: Procedure, today: date, later: Sequence[date]) -> Iterator[Remarked]:
    if record.valid_to is not None and record.valid_to < today:
        yield _remarked("remark_over", True)
    if record.valid_from is not None and record.valid_from > today:
        yield _remarked("remark_begins_later", False, day=f"{record.valid_from:%d/%m/%Y}")
    for day in later:
        if day > (record.valid_from or today):
            yield _remarked("remark_another_follows", False, day=f"{day:%d/%m/%Y}")
    if record.replaced_by:
        yield _remarked("remark_replaced", False, codes=", ".join(record.replaced_by))


def _remarked(key: str, grave: bool, **values: object) -> Remarked:
    return Remarked(key, grave, tuple(values.items()))
