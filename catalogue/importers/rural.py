"""The list of procedures rural citizens ask for most: a short record, what people call it, where it is done
now.

A record of this list is told only where no fuller one is known; the names and places it adds go with any
record of the same code.
"""

from __future__ import annotations

import re

from pydantic import Field, ValidationError

from catalogue.doubtful_fees import hold_back
from catalogue.importers.forms import MAX_ITEMS, Form, OptionalText, PaperCaseForm, Text
from catalogue.importers.papers import forms_among, read_papers
from catalogue.importers.portal import MethodForm, read_way
from catalogue.importers.prose import (
    clean_decision,
    clean_name,
    clean_result,
    clean_source,
    law_numbers,
    read_date,
    read_levels,
)
from catalogue.importers.reading import BrokenRecord, Raw, Reading, RecordFormat, fill_in
from catalogue.importers.submissions import read_submissions
from catalogue.notices import Supplement
from catalogue.record import CODE_PATTERN, AskedAs, Decision, Origin, Procedure
from catalogue.text import capitalise, tidy
from catalogue.wording import NO_CODE, NO_DATE, describe_all

FIELD_UNKNOWN = "Lĩnh vực khác"
"""The list does not name the portal's field."""

_ABBREVIATIONS = {
    "UBND": "ủy ban nhân dân",
    "TT PVHCC": "trung tâm phục vụ hành chính công",
    "DVCQG": "Cổng dịch vụ công quốc gia",
    "DVC": "Cổng dịch vụ công",
    "TCHN": "tổ chức hành nghề",
    "ĐKKD": "đăng ký kinh doanh",
    "VPĐKĐĐ": "văn phòng đăng ký đất đai",
    "BHXH": "bảo hiểm xã hội",
    "CHQS": "chỉ huy quân sự",
    "CSGT": "cảnh sát giao thông",
}


class _Record(Form):
    code: str = Field(pattern=CODE_PATTERN.pattern)
    official_name: Text
    short_name: OptionalText = ""
    agency: Text
    levels: list[str] = Field(min_length=1, max_length=10)
    where_after_2025: OptionalText = ""
    colloquial: list[str] = Field(default_factory=list, max_length=MAX_ITEMS)
    time_and_fee: list[MethodForm] = Field(default_factory=list, max_length=MAX_ITEMS)
    papers: list[PaperCaseForm] = Field(default_factory=list, max_length=MAX_ITEMS)
    legal_basis: list[str] = Field(default_factory=list, max_length=MAX_ITEMS)
    decision: OptionalText = ""
    result: OptionalText = ""
    portal_url: OptionalText = ""
    snapshot: OptionalText = ""
    replaced_by: OptionalText = ""
    flags: list[str] = Field(default_factory=list, max_length=MAX_ITEMS)


def recognises(raw: Raw) -> bool:
    """Whether the record has the list's keys."""
    return "official_name" in raw and ("time_and_fee" in raw or "colloquial" in raw)


def read(raw: Raw) -> Reading:
    """One procedure of the list, and what it adds to fuller records; raises :class:`BrokenRecord`."""
    if not raw.get("code"):
        raise BrokenRecord(NO_CODE)
    form = fill_in(_Record, raw)
    checked_on = read_date(form.snapshot)
    if checked_on is None:
        raise BrokenRecord(NO_DATE)
    flags = tuple(dict.fromkeys(flag for flag in map(tidy, form.flags) if flag))
    submissions, doubts = read_submissions([read_way(row) for row in form.time_and_fee], flags, checked_on)
    papers = read_papers(form.papers)
    name = clean_name(form.official_name)
    supplement = Supplement(
        code=form.code,
        short_name=tidy(form.short_name) or None,
        phrases=tuple(dict.fromkeys(phrase for phrase in map(tidy, form.colloquial) if phrase)),
        where=_place(form.where_after_2025),
        flags=flags,
        replaced_by=tuple(re.findall(r"\b\d\.\d{6}\b", form.replaced_by)),
    )
    decision = clean_decision(form.decision)
    try:
        procedure = Procedure(
            code=form.code,
            official_name=name,
            short_name=supplement.short_name or name,
            agency=tidy(form.agency),
            field=FIELD_UNKNOWN,
            levels=read_levels(form.levels),
            asked_as=AskedAs(plain=supplement.phrases),
            papers=papers,
            submissions=submissions,
            where=supplement.where,
            result=clean_result(form.result),
            forms=forms_among(papers),
            legal_basis=law_numbers(form.legal_basis),
            decision=Decision(number=decision) if decision else None,
            checked_on=checked_on,
            source=clean_source(form.portal_url),
            replaced_by=supplement.replaced_by,
            flags=tuple(dict.fromkeys([*flags, *doubts])),
            origin=Origin.IMPORTED,
        )
    except ValidationError as error:
        raise BrokenRecord(describe_all(error)) from error
    return Reading(procedure=hold_back(procedure), notices=(supplement,))


def _place(value: str) -> str | None:
    """The researcher's short hand in full words: "UBND cấp xã / VNeID"."""
    text = tidy(re.sub(r"\(mã hồ sơ [^)]*\)|\bPA\d+\s*/\s*", "", value))
    for short, full in _ABBREVIATIONS.items():
        text = re.sub(rf"\b{short}\b", full, text)
    text = re.sub(r"\s*/\s*", " hoặc ", text) if "://" not in text else text
    return capitalise(text) or None


RURAL = RecordFormat(name="rural", rank=1, recognises=recognises, read=read)
