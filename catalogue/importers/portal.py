"""Records of the national portal: the crawl of July 2026 and the newer ones with a list of fees a way.

The crawl has one ``fee_label``/``fee_amount`` a method, the newer shape has ``fees: [{type, value,
description}]``; everything else is the same, so one reader takes both.
"""

from __future__ import annotations

import re
from datetime import date

from pydantic import Field, ValidationError

from catalogue.doubtful_fees import hold_back
from catalogue.importers.fees import PublishedFee
from catalogue.importers.forms import MAX_ITEMS, Form, OptionalText, PaperCaseForm, Text
from catalogue.importers.papers import forms_among, read_papers
from catalogue.importers.prose import (
    clean_decision,
    clean_name,
    clean_place,
    clean_result,
    clean_source,
    clean_subjects,
    law_numbers,
    read_date,
    read_levels,
    split_conditions,
    split_steps,
)
from catalogue.importers.reading import BrokenRecord, Raw, Reading, RecordFormat, fill_in
from catalogue.importers.submissions import PublishedWay, read_submissions, times_by_commune
from catalogue.notices import Superseded
from catalogue.record import CODE_PATTERN, Decision, Origin, Procedure, TimeUnit, Way
from catalogue.text import tidy
from catalogue.wording import NO_CODE, NO_DATE, describe_all, remark

_WAYS = {"DIRECT": Way.DIRECT, "ONLINE": Way.ONLINE, "POSTAL": Way.POSTAL}
_UNITS = {
    "WORKING_DAY": TimeUnit.WORKING_DAY,
    "DAY": TimeUnit.DAY,
    "HOUR": TimeUnit.HOUR,
    "MONTH": TimeUnit.MONTH,
}
_FOREIGN_LABEL = re.compile(r"usd|eur|\$", re.IGNORECASE)


class _Fee(Form):
    value: float | None = Field(default=None, ge=0)
    currencyId: str | None = None
    description: OptionalText = ""
    ambiguity: OptionalText = ""


class MethodForm(Form):
    method: str
    time_value: float | None = Field(default=None, ge=0)
    time_unit: str | None = None
    fee_label: str | None = None
    fee_amount: float | None = Field(default=None, ge=0)
    fee_currency: str | None = None
    fees: list[_Fee] | None = Field(default=None, max_length=MAX_ITEMS)
    note: OptionalText = ""


class _Case(Form):
    name: Text
    submission: OptionalText = ""


class _Record(Form):
    code: str = Field(pattern=CODE_PATTERN.pattern)
    name: Text
    agency: Text
    field: Text
    levels: list[str] = Field(min_length=1, max_length=10)
    decision_no: OptionalText = ""
    decision_date: OptionalText = ""
    subjects: list[str] = Field(default_factory=list, max_length=MAX_ITEMS)
    executing_agency: OptionalText = ""
    receiving_address: OptionalText = ""
    steps_text: OptionalText = ""
    cases: list[_Case] = Field(default_factory=list, max_length=MAX_ITEMS)
    methods: list[MethodForm] = Field(default_factory=list, max_length=MAX_ITEMS)
    papers: list[PaperCaseForm] = Field(default_factory=list, max_length=MAX_ITEMS)
    legal_basis_numbers: list[str] = Field(default_factory=list, max_length=MAX_ITEMS)
    conditions: OptionalText = ""
    result: OptionalText = ""
    portal_url: OptionalText = ""
    crawl_snapshot: OptionalText = ""
    portal_updated: OptionalText = ""
    publication_date: OptionalText = ""
    replaces: list[str] = Field(default_factory=list, max_length=MAX_ITEMS)
    flags: list[str] = Field(default_factory=list, max_length=MAX_ITEMS)


def recognises(raw: Raw) -> bool:
    """Whether the record has the portal's keys."""
    if "metadata" in raw or "official_name" in raw:
        return False
    return len({"methods", "steps_text", "papers", "crawl_snapshot", "levels", "decision_no"} & raw.keys()) >= 2


def read(raw: Raw) -> Reading:
    """One procedure of the portal; raises :class:`BrokenRecord`."""
    if not raw.get("code"):
        raise BrokenRecord(NO_CODE)
    form = fill_in(_Record, raw)
    checked_on = _checked_on(form)
    submissions, doubts = read_submissions([read_way(method) for method in form.methods], form.flags, checked_on)
    papers = read_papers(form.papers)
    decision = clean_decision(form.decision_no)
    name = clean_name(form.name)
    try:
        procedure = Procedure(
            code=form.code,
            official_name=name,
            short_name=name,
            agency=tidy(form.agency),
            field=tidy(form.field),
            levels=read_levels(form.levels),
            subjects=clean_subjects(form.subjects),
            papers=papers,
            submissions=times_by_commune(submissions, tidy(form.field)),
            where=_where(form),
            steps=split_steps(form.steps_text) or _case_steps(form.cases),
            conditions=split_conditions(form.conditions),
            result=clean_result(form.result),
            forms=forms_among(papers),
            legal_basis=law_numbers(form.legal_basis_numbers),
            decision=Decision(number=decision, issued_on=read_date(form.decision_date)) if decision else None,
            checked_on=checked_on,
            source=clean_source(form.portal_url),
            replaces=tuple(code for code in form.replaces if CODE_PATTERN.match(code)),
            flags=tuple(dict.fromkeys([*(flag for flag in map(tidy, form.flags) if flag), *doubts])),
            origin=Origin.IMPORTED,
        )
    except ValidationError as error:
        raise BrokenRecord(describe_all(error)) from error
    return Reading(procedure=hold_back(procedure), notices=_replacing(procedure))


def _where(form: _Record) -> str | None:
    """Where to hand in; an address alone is told with the office that sits there."""
    address, office = clean_place(form.receiving_address), clean_place(form.executing_agency)
    if address is not None and office is not None and address[:1].isdigit():
        return f"{office}, {address}"
    return address or office


def _replacing(procedure: Procedure) -> tuple[Superseded, ...]:
    """The codes a record says it takes the place of; certain where a decision stands behind it."""
    if not procedure.replaces:
        return ()
    decision = procedure.decision
    return (
        Superseded(
            old=procedure.replaces,
            new=(procedure.code,),
            what=procedure.official_name,
            certain=decision is not None,
            certainty=decision.number if decision is not None else "",
            starts_on=decision.issued_on if decision is not None else None,
        ),
    )


def _checked_on(form: _Record) -> date:
    """The day the page was read; a decision issued after it was read on the day it was issued at the earliest."""
    days = [read_date(text) for text in (form.crawl_snapshot, form.portal_updated, form.publication_date)]
    first = next((day for day in days if day is not None), None)
    if first is None:
        raise BrokenRecord(NO_DATE)
    issued = read_date(form.decision_date)
    return max(first, issued) if issued is not None else first


def read_way(method: MethodForm) -> PublishedWay:
    way = _WAYS.get(method.method.strip().upper())
    if way is None:
        raise BrokenRecord(remark("not_one_of", field="methods.method", allowed=", ".join(_WAYS)))
    fee_note, way_note = _split_note(method.note)
    if method.fees is not None:
        fees = tuple(_listed_fee(fee) for fee in method.fees)
        way_note = method.note
    else:
        fees = (_labelled_fee(method, fee_note),)
    return PublishedWay(
        way=way, time=method.time_value, unit=_UNITS.get(method.time_unit or ""), fees=fees, note=way_note
    )


def _listed_fee(fee: _Fee) -> PublishedFee:
    case, _, rest = fee.description.partition(". ")
    return PublishedFee(
        amount=fee.value,
        currency=fee.currencyId or "VND",
        case=case,
        note=rest,
        ambiguous=bool(fee.ambiguity),
        listed=True,
    )


def _labelled_fee(method: MethodForm, note: str) -> PublishedFee:
    label = method.fee_label or ""
    currency = "USD" if _FOREIGN_LABEL.search(label) else method.fee_currency or "VND"
    labelled = re.sub(r"\D", "", label)
    differs = method.fee_amount is not None and bool(labelled) and int(labelled[:15]) != method.fee_amount
    return PublishedFee(amount=method.fee_amount, currency=currency, note=note, ambiguous=differs)


def _split_note(note: str) -> tuple[str, str]:
    """The portal glues the fee's note, in brackets, to the note about the way: "(50.000 đồng)Nộp tại xã"."""
    text = note.strip()
    if not text.startswith("("):
        return "", text
    depth = 0
    for position, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return text[1:position], text[position + 1 :]
    return text[1:], ""


def _case_steps(cases: list[_Case]) -> tuple[str, ...]:
    """The newer shape tells for each case where it is handed in, instead of steps."""
    told = (f"{tidy(case.name)}: {tidy(case.submission)}" for case in cases if tidy(case.submission))
    return tuple(told)


PORTAL = RecordFormat(name="portal", rank=2, recognises=recognises, read=read)
