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


class Origin(StrEnum):
    """Where a record came from: written by hand in the repository, or imported from a published list."""

    HANDWRITTEN = "handwritten"
    IMPORTED = "imported"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProcessingTime(_Model):
    """How long the office may take for one way of submission."""

    value: float | None = None
    """Number of ``unit``; None when the source gives none or gives it without a unit."""
    unit: TimeUnit | None = None
    """None means the time must not be spoken as a number."""
    case: Line | None = None
    """When this time applies, e.g. "hồ sơ cần xác minh"."""
    note: Line | None = None
    """What is known besides, in words a villager understands."""

    @model_validator(mode="after")
    def _value_needs_unit(self) -> ProcessingTime:
        if (self.value is None) != (self.unit is None):
            raise ValueError("value and unit belong together; leave both out when the unit is not known")
        return self

    @property
    def is_stated(self) -> bool:
        """Whether the time may be told to a citizen as a fact."""
        return self.value is not None


class Fee(_Model):
    """One fee for one way of submission."""

    amount: int | None = Field(default=None, ge=0)
    """Vietnamese đồng; 0 means free of charge; None means the source names no amount."""
    per: Line | None = None
    """What the amount is for: "bản", "trang", "trường hợp"."""
    case: Line | None = None
    """When this fee applies, e.g. "cấp lại do mất"."""
    certain: bool = True
    """False: the source contradicts itself or is flagged; the amount is never told as a fact."""
    note: Line | None = None
    """What is known besides: who sets the fee, who pays nothing."""
    valid_until: date | None = None
    """Last day the amount holds, where the source says so."""

    def stated_on(self, today: date) -> int | None:
        """The amount that may be told to a citizen on ``today``, or None."""
        if not self.certain or self.amount is None:
            return None
        if self.valid_until is not None and today > self.valid_until:
            return None
        return self.amount


class Submission(_Model):
    """One way of handing in the dossier, with its times and fees."""

    way: Way
    times: tuple[ProcessingTime, ...] = ()
    fees: tuple[Fee, ...] = ()
    note: Line | None = None


class Paper(_Model):
    """One paper of the dossier."""

    text: Line
    originals: int = Field(default=0, ge=0)
    copies: int = Field(default=0, ge=0)
    show_only: bool = False
    """True: the paper is shown at the desk and taken home again (xuất trình)."""
    when: Line | None = None
    """Only needed in this situation."""


class PaperCase(_Model):
    """The papers of one situation; ``case`` None means everybody brings them."""

    case: Line | None = None
    items: tuple[Paper, ...] = Field(min_length=1)


class AskedAs(_Model):
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


class Decision(_Model):
    """The decision that publishes the procedure."""

    number: Line
    issued_on: date | None = None


class Procedure(_Model):
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
    submissions: tuple[Submission, ...] = ()
    where: Line | None = None
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

    def in_force(self, today: date) -> bool:
        """Whether the record may be answered from on ``today``."""
        if self.valid_from is not None and today < self.valid_from:
            return False
        return self.valid_to is None or today <= self.valid_to

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, defaults left out; ``Procedure.model_validate`` reads them back."""
        return self.model_dump(mode="json", exclude_defaults=True)
