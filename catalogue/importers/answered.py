"""Records as the portal's data service answers them: ``LayThuTuc`` of the Government Office's adapter.

Keys are Vietnamese in capitals, numbers are texts, and a record names no day on which it was read: whoever fetched it
writes ``fetched_on`` into it. A file without that day was read on the last day its own laws came into force at the
earliest, so it never counts as newer than it is.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from catalogue.doubtful_fees import hold_back
from catalogue.importers.fees import PublishedFee
from catalogue.importers.forms import MAX_ITEMS, Form, OptionalText, PaperCaseForm, PaperForm, RecordPart, Text
from catalogue.importers.papers import forms_among, read_papers
from catalogue.importers.prose import (
    clean_name,
    clean_place,
    clean_result,
    clean_subjects,
    law_numbers,
    read_date,
    read_levels,
    split_conditions,
    split_steps,
)
from catalogue.importers.reading import BrokenRecord, Raw, Reading, RecordFormat, fill_in
from catalogue.importers.submissions import UNITS, PublishedWay, read_submissions, times_by_commune
from catalogue.record import Origin, Procedure, TimeUnit, Way
from catalogue.text import says_nothing, tidy
from catalogue.wording import NO_CODE, NO_DATE, describe_all, remark

FETCHED_ON = "fetched_on"
"""The day on which the record was fetched, added to it by whoever did."""

IN_FORCE = "1"
_WAYS = {"1": Way.DIRECT, "2": Way.ONLINE, "3": Way.POSTAL}
"""KENH, in the order of the portal's page."""
_CODE = re.compile(r"^(\d\.\d{6})(?:(?:\.\d{3})?(?:\.\d{2}){2}\.([GH]\d{2}))?$")
"""A province's own copy carries its code behind: "1.001193.000.00.00.H49"."""
_AMOUNT = re.compile(r"\d{1,3}(?:\.\d{3})+|\d+")
_STEP_WORDS = 5
"""A procedure of one step with fewer words has none: "Trình tự thực hiện"."""


class _Named(Form):
    TENDONVI: OptionalText = ""
    TENCAP: OptionalText = ""
    MALINHVUC: OptionalText = ""
    TENLINHVUC: OptionalText = ""
    TENDOITUONG: OptionalText = ""
    TENKETQUA: OptionalText = ""


class _Law(Form):
    SOVANBAN: OptionalText = ""
    NGAYBANHANH: OptionalText = ""
    NGAYHIEULUC: OptionalText = ""


class _Step(Form):
    TENTRINHTU: OptionalText = ""


class _StepCase(Form):
    TRUONGHOP: OptionalText = ""
    TRINHTU: RecordPart[_Step] = []


class _Fee(Form):
    DONVI: OptionalText = ""
    SOTIEN: OptionalText = ""
    MOTA: OptionalText = ""


class _Time(Form):
    THOIGIANGIAIQUYET: OptionalText = ""
    DONVITINH: OptionalText = ""
    MOTA: OptionalText = ""
    PHILEPHI: RecordPart[_Fee] = []


class _Way(Form):
    KENH: OptionalText = ""
    THOIGIAN: RecordPart[_Time] = []


class _Paper(Form):
    TENGIAYTO: OptionalText = ""
    SOBANCHINH: OptionalText = ""
    SOBANSAO: OptionalText = ""


class _PaperCase(Form):
    TRUONGHOP: OptionalText = ""
    GIAYTO: RecordPart[_Paper] = []


class _Record(Form):
    MATTHC: Text
    TENTTHC: Text
    MACOQUANCONGBO: OptionalText = ""
    TRANGTHAI: OptionalText = IN_FORCE
    DIACHITIEPNHAN: OptionalText = ""
    YEUCAU: OptionalText = ""
    COQUANTHUCHIEN: RecordPart[_Named] = []
    TRINHTUTHUCHIEN: RecordPart[_StepCase] = []
    CAPTHUCHIEN: RecordPart[_Named] = []
    LINHVUCTHUCHIEN: list[_Named] = Field(min_length=1, max_length=MAX_ITEMS)
    CACHTHUCTHUCHIEN: RecordPart[_Way] = []
    DOITUONGTHUCHIEN: RecordPart[_Named] = []
    THANHPHANHOSO: RecordPart[_PaperCase] = []
    KETQUATHUCHIEN: RecordPart[_Named] = []
    CANCUPHAPLY: RecordPart[_Law] = []
    fetched_on: OptionalText = ""


def recognises(raw: Raw) -> bool:
    """Whether the record has the service's keys."""
    return "MATTHC" in raw and "TENTTHC" in raw


def code_of(raw: Raw) -> str | None:
    """The national code a record claims, without the agency behind it."""
    claimed = raw.get("MATTHC")
    match = _CODE.match(claimed.strip()) if isinstance(claimed, str) else None
    return match[1] if match else None


def read(raw: Raw) -> Reading:
    """One procedure as the service tells it; a province's own copy holds for that province alone.

    Raises:
        BrokenRecord: also for one the portal has taken out of force, and for a province nobody knows the code of.
    """
    form = fill_in(_Record, raw)
    match = _CODE.match(form.MATTHC.strip())
    if match is None:
        raise BrokenRecord(NO_CODE)
    if form.TRANGTHAI.strip() not in {"", IN_FORCE}:
        raise BrokenRecord(remark("not_in_force", state=form.TRANGTHAI))
    publisher = match[2] or form.MACOQUANCONGBO.strip()
    checked_on = _checked_on(form)
    field = tidy(form.LINHVUCTHUCHIEN[0].TENLINHVUC)
    submissions, doubts = read_submissions([row for way in form.CACHTHUCTHUCHIEN for row in _ways(way)], (), checked_on)
    papers = read_papers([_paper_case(case) for case in form.THANHPHANHOSO])
    name = clean_name(form.TENTTHC)
    offices = ", ".join(one.TENDONVI for one in form.COQUANTHUCHIEN)
    try:
        procedure = Procedure(
            code=match[1],
            official_name=name,
            short_name=name,
            agency=_agency(form, publisher),
            field=field,
            levels=read_levels([one.TENCAP for one in form.CAPTHUCHIEN]),
            subjects=clean_subjects([one.TENDOITUONG for one in form.DOITUONGTHUCHIEN]),
            papers=papers,
            submissions=times_by_commune(submissions, field),
            where=clean_place(form.DIACHITIEPNHAN) or clean_place(offices),
            steps=_steps(form.TRINHTUTHUCHIEN),
            conditions=split_conditions(form.YEUCAU),
            result=clean_result("; ".join(one.TENKETQUA for one in form.KETQUATHUCHIEN)),
            forms=forms_among(papers),
            legal_basis=law_numbers([law.SOVANBAN for law in form.CANCUPHAPLY]),
            checked_on=checked_on,
            province=_province(publisher),
            flags=doubts,
            origin=Origin.IMPORTED,
        )
    except ValidationError as error:
        raise BrokenRecord(describe_all(error)) from error
    return Reading(procedure=hold_back(procedure))


@cache
def _publishers() -> dict[str, dict[str, str]]:
    content = yaml.safe_load((Path(__file__).parent / "publishers.yml").read_text(encoding="utf-8"))
    return {kind: dict(content[kind]) for kind in ("ministries", "provinces")}


def _province(publisher: str) -> str | None:
    if not publisher.startswith("H"):
        return None
    found = _publishers()["provinces"].get(publisher)
    if found is None:
        raise BrokenRecord(remark("unknown_publisher", code=publisher))
    return found


def _agency(form: _Record, publisher: str) -> str:
    """The ministry: of the field's code ("G15-TP07"), since a province publishes what a ministry rules."""
    ministries = _publishers()["ministries"]
    of_field = form.LINHVUCTHUCHIEN[0].MALINHVUC.partition("-")[0]
    found = ministries.get(of_field) or ministries.get(publisher)
    if found is None:
        raise BrokenRecord(remark("unknown_publisher", code=of_field or publisher))
    return found


def _checked_on(form: _Record) -> date:
    fetched = read_date(form.fetched_on)
    if fetched is not None:
        return fetched
    laws = [read_date(text) for law in form.CANCUPHAPLY for text in (law.NGAYBANHANH, law.NGAYHIEULUC)]
    known = [day for day in laws if day is not None]
    if not known:
        raise BrokenRecord(NO_DATE)
    return max(known)


def _ways(way: _Way) -> list[PublishedWay]:
    known = _WAYS.get(way.KENH.strip())
    if known is None:
        raise BrokenRecord(remark("not_one_of", field="CACHTHUCTHUCHIEN.KENH", allowed=", ".join(_WAYS)))
    return [_row(known, time) for time in way.THOIGIAN]


def _row(way: Way, time: _Time) -> PublishedWay:
    stated = _AMOUNT.fullmatch(time.THOIGIANGIAIQUYET.strip().replace(",", "."))
    unit = UNITS.get(tidy(time.DONVITINH).lower())
    note = tidy(time.MOTA)
    if stated and unit is TimeUnit.HOUR and re.search(rf"\b(?:sau|trước) 0?{stated[0]} ?(?:giờ|h)", note):
        # "15 giờ" beside "nhận sau 15 giờ thì trả ngày hôm sau": an hour of the day stands where the time should be.
        stated = None
    return PublishedWay(
        way=way,
        time=float(stated[0]) if stated else None,
        unit=unit,
        fees=tuple(_fee(fee) for fee in time.PHILEPHI),
        note="" if not stated else time.MOTA,
        time_note=time.MOTA if not stated else "",
    )


def _fee(fee: _Fee) -> PublishedFee:
    amount = _AMOUNT.search(fee.SOTIEN)
    return PublishedFee(
        amount=float(amount[0].replace(".", "")) if amount else None,
        currency="VND" if tidy(fee.DONVI).lower() in {"", "đồng", "vnd", "vnđ"} else tidy(fee.DONVI),
        note=fee.MOTA,
        listed=True,
    )


def _paper_case(case: _PaperCase) -> PaperCaseForm:
    return PaperCaseForm(
        case=case.TRUONGHOP,
        papers=[
            PaperForm(name=one.TENGIAYTO, originals=_count(one.SOBANCHINH), copies=_count(one.SOBANSAO))
            for one in case.GIAYTO
        ],
    )


def _count(value: str) -> int:
    text = value.strip()
    return int(text[:4]) if text.isdecimal() else 0


def _steps(cases: list[_StepCase]) -> tuple[str, ...]:
    texts = [step.TENTRINHTU for case in cases for step in case.TRINHTU]
    steps = split_steps("\n".join(text for text in texts if not says_nothing(text)))
    return () if len(steps) == 1 and len(steps[0].split()) < _STEP_WORDS else steps


ANSWERED = RecordFormat(name="answered", rank=2, recognises=recognises, read=read)
