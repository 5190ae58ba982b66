"""Records of the Ministry of Defence: one ``.doc`` page a procedure, exported to JSON with Vietnamese keys in
2025.

Times and fees are texts ("30 Ngày làm việc", "Phí : 0 Đồng"); what does not read exactly like that is told as
it stands or not at all, never turned into a number.
"""

from __future__ import annotations

import re
from datetime import date

from pydantic import Field, ValidationError

from catalogue.doubtful_fees import hold_back
from catalogue.importers.fees import PublishedFee
from catalogue.importers.forms import MAX_ITEMS, Form, OptionalText, PaperCaseForm, PaperForm, Text
from catalogue.importers.papers import forms_among, read_papers
from catalogue.importers.prose import (
    clean_decision,
    clean_name,
    clean_place,
    clean_result,
    clean_subjects,
    law_number_in,
    law_numbers,
    read_levels,
    split_conditions,
    split_list,
    split_steps,
)
from catalogue.importers.reading import BrokenRecord, Raw, Reading, RecordFormat, fill_in
from catalogue.importers.submissions import UNITS, PublishedWay, read_submissions
from catalogue.money import last_days
from catalogue.record import CODE_PATTERN, Decision, Origin, Procedure, Way
from catalogue.text import says_nothing, tidy
from catalogue.wording import NO_CODE, describe_all, fact, remark

AGENCY = "Bộ Quốc phòng"

EXPORTED_ON = date(2025, 1, 1)
"""The export names only its year; the first day is the one that cannot be too late."""

_WAYS = {"trực tiếp": Way.DIRECT, "trực tuyến": Way.ONLINE, "dịch vụ bưu chính": Way.POSTAL}
_TIME = re.compile(r"(\d{1,4}(?:[.,]\d)?)\s*(ngày làm việc|ngày|giờ|tháng)", re.IGNORECASE)
_FEE = re.compile(
    r"(?:lệ\s+)?phí\s*:\s*(?P<amount>\d[\d.]*|không)\s*(?P<currency>đồng|usd)\s*(?:\((?P<case>.*)\))?",
    re.IGNORECASE,
)
_FEE_LABEL = re.compile(r"^(?:lệ\s+)?phí\s*:\s*(?:\d\.\s)?|\s*đồng\s*(?=\(|$)", re.IGNORECASE)
_COUNT = re.compile(r"Bản chính:\s*(\d+)\s*Bản sao:\s*(\d+)", re.IGNORECASE)


class _Metadata(Form):
    code: str = Field(alias="mã_thủ_tục", pattern=CODE_PATTERN.pattern)
    name: Text = Field(alias="tên_thủ_tục")
    decision: OptionalText = Field(default="", alias="số_quyết_định")
    level: Text = Field(alias="cấp_thực_hiện")
    field: Text = Field(alias="lĩnh_vực")


class _Content(Form):
    steps: OptionalText = Field(default="", alias="trình_tự_thực_hiện")
    subjects: OptionalText = Field(default="", alias="đối_tượng_thực_hiện")
    office: OptionalText = Field(default="", alias="cơ_quan_thực_hiện")
    address: OptionalText = Field(default="", alias="địa_chỉ_tiếp_nhận_hs")
    result: OptionalText = Field(default="", alias="kết_quả_thực_hiện")
    conditions: OptionalText = Field(default="", alias="yêu_cầu_điều_kiện_thực_hiện")


class _Way(Form):
    way: str = Field(alias="hinh_thuc")
    time: OptionalText = Field(default="", alias="thoi_han_giai_quyet")
    fee: OptionalText = Field(default="", alias="phi_le_phi")
    note: OptionalText = Field(default="", alias="mo_ta")


class _Paper(Form):
    name: OptionalText = Field(default="", alias="ten_giay_to")
    # The column beside it, "so_luong", holds the name of a form's file; the numbers stand in the remark.
    remark: OptionalText = Field(default="", alias="ghi_chu")


class _Law(Form):
    number: OptionalText = Field(default="", alias="so_ky_hieu")
    title: OptionalText = Field(default="", alias="trich_yeu")


class _Tables(Form):
    ways: list[_Way] = Field(default_factory=list, alias="hinh_thuc_nop", max_length=MAX_ITEMS)
    papers: list[_Paper] = Field(default_factory=list, alias="thanh_phan_ho_so", max_length=MAX_ITEMS)
    laws: list[_Law] = Field(default_factory=list, alias="can_cu_phap_ly", max_length=MAX_ITEMS)


class _Record(Form):
    thu_tuc_id: OptionalText = ""
    metadata: _Metadata
    content: _Content = _Content()
    tables: _Tables = _Tables()


def recognises(raw: Raw) -> bool:
    """Whether the record has the export's keys."""
    return "metadata" in raw and ("thu_tuc_id" in raw or "tables" in raw)


def read(raw: Raw) -> Reading:
    """One procedure of the ministry; raises :class:`BrokenRecord`."""
    metadata = raw.get("metadata")
    if isinstance(metadata, dict) and not metadata.get("mã_thủ_tục"):
        raise BrokenRecord(NO_CODE)
    form = fill_in(_Record, raw)
    head, content, tables = form.metadata, form.content, form.tables
    if form.thu_tuc_id and form.thu_tuc_id != head.code:
        raise BrokenRecord(remark("other_procedure", name=form.thu_tuc_id))
    submissions, doubts = read_submissions([_way(row) for row in tables.ways], (), EXPORTED_ON)
    papers = read_papers([PaperCaseForm(papers=[_paper(paper) for paper in tables.papers])])
    decision = clean_decision(head.decision)
    name = clean_name(head.name)
    try:
        procedure = Procedure(
            code=head.code,
            official_name=name,
            short_name=name,
            agency=AGENCY,
            field=tidy(head.field),
            levels=read_levels(head.level.split(",")),
            subjects=clean_subjects(split_list(content.subjects)),
            papers=papers,
            submissions=submissions,
            where=clean_place(content.address) or clean_place(content.office),
            steps=split_steps(content.steps),
            conditions=split_conditions(content.conditions),
            result=clean_result(content.result),
            forms=forms_among(papers),
            legal_basis=law_numbers([_law(law) for law in tables.laws]),
            decision=Decision(number=decision) if decision else None,
            checked_on=EXPORTED_ON,
            flags=doubts,
            origin=Origin.IMPORTED,
        )
    except ValidationError as error:
        raise BrokenRecord(describe_all(error)) from error
    return Reading(procedure=hold_back(procedure))


def _way(row: _Way) -> PublishedWay:
    way = _WAYS.get(tidy(row.way).lower())
    if way is None:
        raise BrokenRecord(remark("not_one_of", field="hinh_thuc", allowed=", ".join(_WAYS)))
    time = _TIME.fullmatch(tidy(row.time))
    fees = tuple(_fee(line) for line in row.fee.splitlines() if _is_fee(line))
    return PublishedWay(
        way=way,
        time=float(time[1].replace(",", ".")) if time else None,
        unit=UNITS[time[2].lower()] if time else None,
        fees=fees,
        note=row.note,
        time_note="" if time else row.time,
    )


def _is_fee(line: str) -> bool:
    return bool(line.strip()) and not line.strip().lower().startswith("file đính kèm")


def _fee(line: str) -> PublishedFee:
    match = _FEE.fullmatch(tidy(line))
    if match is None:
        note = _FEE_LABEL.sub("", tidy(line)).strip(" ()")
        return PublishedFee(amount=None, note="" if says_nothing(note) else fact("published_fee", note=note))
    said = match["case"] or ""
    # A text that speaks of days or of other amounts is a remark; a plain one says what the fee is for.
    plain = not last_days(said) and not re.search(r"\d", said)
    return PublishedFee(
        amount=0.0 if match["amount"].lower() == "không" else float(match["amount"].replace(".", "")),
        currency="VND" if match["currency"].lower() == "đồng" else "USD",
        case=said if plain else "",
        note="" if plain else said,
    )


def _paper(paper: _Paper) -> PaperForm:
    count = _COUNT.search(paper.remark)
    return PaperForm(
        name=paper.name, originals=int(count[1][:4]) if count else 0, copies=int(count[2][:4]) if count else 0
    )


def _law(law: _Law) -> str:
    """The number; "12" alone is the start of one that stands in the title."""
    number = tidy(law.number)
    return law_number_in(number) or law_number_in(tidy(law.title)) or number


DEFENCE = RecordFormat(name="defence", rank=2, recognises=recognises, read=read)
