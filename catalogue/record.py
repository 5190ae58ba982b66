"""The procedure record: every fact an answer may quote, and what is not certain about it.

A record never carries a guess. A fee or a time that the source leaves in doubt is kept with ``certain:
false`` or without a value, and :mod:`catalogue` offers no way to read it as a plain number.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from catalogue.flags import NAME_ONLY

CODE_PATTERN = re.compile(r"^\d\.\d{6}$")


def _nfc_line(value: str) -> str:
    """One line of NFC text; YAML folding and pasted text may bring line breaks and decomposed letters."""
    text = unicodedata.normalize("NFC", " ".join(value.split()))
    if not text:
        raise ValueError("must not be empty")
    return text


Line = Annotated[str, AfterValidator(_nfc_line)]
"""A non-empty single line of NFC text."""


class Way(StrEnum):
    """How a dossier can be handed in."""

    DIRECT = "direct"
    ONLINE = "online"
    POSTAL = "postal"


class TimeUnit(StrEnum):
    """Unit of a processing time, as the national portal publishes it."""

    WORKING_DAY = "working_day"
    DAY = "day"
    HOUR = "hour"
    MONTH = "month"


class Level(StrEnum):
    """The level of government that handles the procedure."""

    COMMUNE = "commune"
    PROVINCE = "province"
    MINISTRY = "ministry"
    OTHER = "other"


class Decider(StrEnum):
    """Who sets an amount or a time where the law leaves it open."""

    PROVINCE = "province"
    """The province: its people's council for fees, its people's committee for times."""
    OFFICE = "office"
    """The office that takes the dossier, case by case (a price list, the value of what is disputed)."""


class Origin(StrEnum):
    """Where a record came from: written by hand in the repository, or imported from a published list."""

    HANDWRITTEN = "handwritten"
    IMPORTED = "imported"


class RecordModel(BaseModel):
    """What every part of a record is: unchangeable, and no key it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dated(RecordModel):
    """A fact with the days between which it is told, and the rule it stands in."""

    valid_from: date | None = None
    """First day it holds; before that day it is only announced."""
    valid_until: date | None = None
    """Last day it holds, where the source says so."""
    basis: Line | None = None
    """The rule: "Thông tư 75/2022/TT-BTC, Điều 4"; told only when somebody asks for the source."""
    read_on: date | None = None
    """The day this fact was read where it differs from the day of the whole record."""

    def holds_on(self, today: date) -> bool:
        """Whether the fact may be told as one of ``today``."""
        if self.valid_from is not None and today < self.valid_from:
            return False
        return self.valid_until is None or today <= self.valid_until


class ProcessingTime(Dated):
    """How long the office may take for one way of submission."""

    value: float | None = None
    """Number of ``unit``; 0 means at once; None when the source gives none or gives it without a unit."""
    unit: TimeUnit | None = None
    """None means the time must not be spoken as a number."""
    most: float | None = None
    """Where times differ within the case: the longest, in the same unit; ``value`` is then the shortest."""
    case: Line | None = None
    """When this time applies, e.g. "hồ sơ cần xác minh"."""
    who_decides: Decider | None = None
    """Set where the number is only the usual one and somebody may set another."""
    note: Line | None = None
    """What is known besides, in words a villager understands."""

    @model_validator(mode="after")
    def _value_needs_unit(self) -> ProcessingTime:
        if (self.value is None) != (self.unit is None):
            raise ValueError("value and unit belong together; leave both out when the unit is not known")
        if self.most is not None and (self.value is None or self.most <= self.value):
            raise ValueError("most must be greater than value")
        return self

    @property
    def is_stated(self) -> bool:
        """Whether the time may be told to a citizen as a fact."""
        return self.value is not None


class Fee(Dated):
    """One fee for one way of submission, or a bound of it."""

    amount: int | None = Field(default=None, ge=0)
    """Vietnamese đồng; 0 means free of charge; None means the source names no amount."""
    least: int | None = Field(default=None, ge=0)
    """Where the amount differs within the case: the lowest."""
    most: int | None = Field(default=None, ge=0)
    """Where the amount differs within the case: the highest."""
    usual: bool = False
    """Whether ``least`` and ``most`` are only what was found in several places, not bounds of the law."""
    share: Line | None = None
    """What is paid where it is no fixed amount: "0,5% giá nhà đất"."""
    per: Line | None = None
    """What the amount is for: "bản", "trang", "trường hợp"."""
    case: Line | None = None
    """When this fee applies, e.g. "cấp lại do mất"."""
    certain: bool = True
    """False: the source contradicts itself or is flagged; the amount is never told as a fact."""
    who_decides: Decider | None = None
    """Who sets the amount where the law does not."""
    note: Line | None = None
    """What is known besides: who sets the fee, who pays nothing."""

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Fee:
        if self.least is not None and self.most is not None and self.least >= self.most:
            raise ValueError("most must be greater than least")
        if self.amount is not None and (self.least is not None or self.most is not None or self.share):
            raise ValueError("an amount has no bounds beside it")
        return self

    def stated_on(self, today: date) -> int | None:
        """The amount that may be told to a citizen on ``today``, or None."""
        return self.amount if self.certain and self.holds_on(today) else None

    def bounded_on(self, today: date) -> bool:
        """Whether something may be told of the amount on ``today``: itself, a bound or a share."""
        if not self.certain or not self.holds_on(today):
            return False
        return self.amount is not None or self.least is not None or self.most is not None or self.share is not None


class Exemption(Dated):
    """Who pays nothing, whatever way the dossier is handed in, or only by one way."""

    who: Line
    """The people, as they would call themselves: "hộ nghèo, người có công, người khuyết tật"."""
    way: Way | None = None
    """Only for this way of submission."""
    short: Line | None = None
    """``who`` in few words, where the full list would not fit a message."""
    source: Line | None = None
    """Public address of the rule."""


class Announcement(RecordModel):
    """A change of the law that has a day: told of before, and in doubt from that day until the record is read again."""

    what: Line
    """What changes, as one tells a neighbour."""
    starts_on: date
    basis: Line | None = None

    def due_on(self, today: date, checked_on: date) -> bool:
        """Whether the change has come and the record, read on ``checked_on``, does not know it."""
        return checked_on < self.starts_on <= today


class Payment(Fee):
    """Money beside the fee: what is paid besides (a tax), or what is received (an allowance)."""

    what: Line
    """What it is: "Thuế thu nhập cá nhân", "Trợ cấp hằng tháng"."""


class Submission(RecordModel):
    """One way of handing in the dossier, with its times and fees."""

    way: Way
    times: tuple[ProcessingTime, ...] = ()
    fees: tuple[Fee, ...] = ()
    note: Line | None = None


class Paper(RecordModel):
    """One paper of the dossier."""

    text: Line
    originals: int = Field(default=0, ge=0)
    copies: int = Field(default=0, ge=0)
    show_only: bool = False
    """True: the paper is shown at the desk and taken home again (xuất trình)."""
    when: Line | None = None
    """Only needed in this situation."""


class PaperCase(RecordModel):
    """The papers of one situation; ``case`` None means everybody brings them."""

    case: Line | None = None
    choice: Line | None = None
    """The answer that picks this situation when ``papers_question`` is asked: "nhà thuê"; a few words."""
    items: tuple[Paper, ...] = Field(min_length=1)


class AskedAs(RecordModel):
    """What people say when they mean this procedure, by style. The resolver learns from these."""

    formal: tuple[Line, ...] = ()
    plain: tuple[Line, ...] = ()
    regional: tuple[Line, ...] = ()
    situation: tuple[Line, ...] = ()
    """Life situations that never name the procedure: "vợ em mới sinh cháu hôm qua"."""
    english: tuple[Line, ...] = ()
    """What people who speak no Vietnamese would ask for."""

    @property
    def all(self) -> tuple[str, ...]:
        """Every phrase, in the order of the styles."""
        return self.formal + self.plain + self.regional + self.situation + self.english


class Decision(RecordModel):
    """The decision that publishes the procedure."""

    number: Line
    issued_on: date | None = None


class Procedure(RecordModel):
    """One administrative procedure, as a citizen may be told about it."""

    code: str = Field(pattern=CODE_PATTERN.pattern)
    """National code, e.g. 1.001193."""
    official_name: Line
    short_name: Line
    """What a neighbour would call it; at most 40 characters in hand-written records."""
    english_name: Line | None = None
    """Told beside the Vietnamese name to those who asked for English."""
    agency: Line
    """The ministry that publishes the procedure."""
    field: Line
    """The portal's field, e.g. "Hộ tịch"."""
    levels: tuple[Level, ...] = Field(min_length=1)
    subjects: tuple[Line, ...] = ()
    summary: Line | None = None
    """One sentence: what it is for and who needs it."""
    asked_as: AskedAs = AskedAs()
    papers: tuple[PaperCase, ...] = ()
    papers_question: Line | None = None
    """The one question that decides which situation it is: "Nhà của mình, nhà thuê hay ở nhờ?"."""
    submissions: tuple[Submission, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    """Who pays no fee."""
    announced: tuple[Announcement, ...] = ()
    """Changes of the law to come, or come since the record was read."""
    besides: tuple[Payment, ...] = ()
    """What is paid besides the fee: taxes, registration fees, premiums."""
    receive: tuple[Payment, ...] = ()
    """What the citizen gets: the amount of an allowance, the rule of a pension."""
    where: Line | None = None
    advises: Line | None = None
    """Who knows more, as one would say it: "công an xã"; where the office of the field is not the right one."""
    steps: tuple[Line, ...] = ()
    conditions: tuple[Line, ...] = ()
    result: Line | None = None
    forms: tuple[Line, ...] = ()
    """Forms to fill in, with their published form number where there is one."""
    legal_basis: tuple[Line, ...] = ()
    decision: Decision | None = None
    checked_on: date
    """The day the facts were last read from the source."""
    source: Line | None = None
    """Public address of the source."""
    valid_from: date | None = None
    valid_to: date | None = None
    replaces: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    province: str | None = None
    """Two-digit province code for a provincial overlay; None is the national record."""
    flags: tuple[str, ...] = ()
    """Known flaws of the source, carried over; see :mod:`catalogue.flags`."""
    origin: Origin = Origin.HANDWRITTEN

    @property
    def is_superseded(self) -> bool:
        """Whether newer procedures have taken its place."""
        return bool(self.replaced_by)

    @property
    def is_name_only(self) -> bool:
        """Whether nothing is known of it but its name and whose it is."""
        return NAME_ONLY in self.flags

    def exempt_on(self, today: date) -> tuple[Exemption, ...]:
        """Who pays nothing on ``today``."""
        return tuple(one for one in self.exemptions if one.holds_on(today))

    def tells_fee(self, today: date) -> bool:
        """Whether a citizen hears something about the fee to act on: an amount, a bound, or who pays nothing."""
        fees = (fee for submission in self.submissions for fee in submission.fees)
        return bool(self.exempt_on(today)) or any(fee.bounded_on(today) for fee in fees)

    def tells_time(self, today: date) -> bool:
        """Whether a citizen hears how long it takes, at least in one case."""
        return any(
            time.is_stated and time.holds_on(today) for submission in self.submissions for time in submission.times
        )

    def in_force(self, today: date) -> bool:
        """Whether the record may be answered from on ``today``."""
        if self.valid_from is not None and today < self.valid_from:
            return False
        return self.valid_to is None or today <= self.valid_to

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, defaults left out; ``Procedure.model_validate`` reads them back."""
        return self.model_dump(mode="json", exclude_defaults=True)
