"""What two versions of one procedure say differently, fact by fact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from catalogue.record import Procedure
from catalogue.text import fold
from language.formatting import format_money


class Subject(StrEnum):
    """The facts that are compared."""

    DECISION = "decision"
    FEE = "fee"
    TIME = "time"
    PAPERS = "papers"
    AGENCY = "agency"


class FieldChange(BaseModel):
    """One fact that differs, as an officer reads it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: Subject
    before: str
    after: str
    certain: bool = True
    """Whether the newer value may be told as a fact."""


def field_changes(before: Procedure, after: Procedure) -> tuple[FieldChange, ...]:
    """Every fact that differs; a fact the newer record leaves open differs from nothing."""
    return tuple(_changes(before, after))


def _changes(before: Procedure, after: Procedure) -> Iterator[FieldChange]:
    numbers = [one.decision.number if one.decision else "" for one in (before, after)]
    if numbers[1] and _bare(numbers[0]) != _bare(numbers[1]):
        yield FieldChange(subject=Subject.DECISION, before=numbers[0], after=numbers[1])
    for subject, facts in ((Subject.FEE, _fees), (Subject.TIME, _times)):
        old, new = facts(before), facts(after)
        if new and old != new and (old or subject is Subject.FEE):
            yield FieldChange(subject=subject, before=_joined(old), after=_joined(new))
    if [fold(text) for text in _papers(before)] != [fold(text) for text in _papers(after)] and _papers(after):
        yield FieldChange(subject=Subject.PAPERS, before=_joined(_papers(before)), after=_joined(_papers(after)))
    if fold(before.agency) != fold(after.agency):
        yield FieldChange(subject=Subject.AGENCY, before=before.agency, after=after.agency)


def _bare(number: str) -> str:
    """Decision numbers in one shape: "QĐ số 163 /QĐ-BTP" and "163/QĐ-BTP" are the same."""
    match = re.search(r"\d[\d.]*\s*/\s*[\w.Đđ-]+", number)
    return re.sub(r"\s+", "", match.group() if match else number).upper()


def _fees(procedure: Procedure) -> list[str]:
    """Amounts a record states or bounds, each once, the lowest first."""
    amounts = {
        amount
        for submission in procedure.submissions
        for fee in submission.fees
        if fee.certain
        for amount in (fee.amount, fee.least, fee.most)
        if amount is not None
    }
    return [format_money(amount) for amount in sorted(amounts)]


def _times(procedure: Procedure) -> list[str]:
    times = {
        (str(time.unit), value)
        for submission in procedure.submissions
        for time in submission.times
        for value in (time.value, time.most)
        if value is not None
    }
    return [f"{value:g} {unit}" for unit, value in sorted(times)]


def _papers(procedure: Procedure) -> list[str]:
    return [paper.text for case in procedure.papers for paper in case.items]


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(texts)
