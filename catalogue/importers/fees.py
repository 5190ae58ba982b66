"""What one way of submission costs, and when a published amount is not to be trusted.

The crawls flattened several fees into one and kept notes that contradict them. So an amount is certain only
when neither a flag nor its own note speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from catalogue.doubtful_fees import doubtful
from catalogue.flags import FEE_ENDS, doubts_fee
from catalogue.money import exemption_last_days, find_amounts, last_days, speaks_of_fees, speaks_of_reduction
from catalogue.record import Fee
from catalogue.text import capitalise, clip, is_leftover, says_nothing, strip_marks, tidy

SMALLEST_FEE = 1_000
"""Đồng; a lower amount is a slip, mostly thousands left out."""

LARGEST_FEE = 10**12
"""Đồng; a higher amount is a slip too."""

NOTE_LIMIT = 300
"""Characters of a note; the rest is reading matter for lawyers."""

CASE_LIMIT = 120
"""Characters; a note of one of several fees that is not longer says when that fee applies."""

ZERO_IN_DOUBT = "fee_zero_but_note_says_fee_may_apply"
CONFLICT = "fee_amount_conflicts_with_note"
TOO_SMALL = "fee_implausibly_small"

_UNIT = (
    r"(?:0?1\s+)?(giấy (?:phép|chứng nhận|thông hành|xác nhận)|hồ sơ|trường hợp|tờ khai|hộ chiếu|chứng chỉ|văn bản"
    r"|môn thi|phương tiện|bản|trang|lần|người|thẻ|quyển|cuốn|bộ|xe|năm|tháng|lượt|chuyến|đơn|phiếu|sổ|giấy)"
    r"(?!\w|/| (?:và|hoặc))"
)
_PER = re.compile(r"(?:đồng|đ|vnđ|vnd|\d)\s*/\s*" + _UNIT, re.IGNORECASE)
_PER_FIRST = re.compile(r"/\s*" + _UNIT + r"[\s.,;]*", re.IGNORECASE)
"""What the amount is for, at the head of the note: "/hồ sơ (Thông tư 61/2023/TT-BTC)"."""

_IN_WORDS = re.compile(r"\([^()]*\b(?:trăm|nghìn|ngàn|triệu)\b[^()]*\bđồng\s*\)\s*", re.IGNORECASE)
"""The amount again, written out: "(bốn triệu năm trăm nghìn việt nam đồng)"."""


@dataclass(frozen=True)
class PublishedFee:
    """One fee as a list publishes it."""

    amount: float | None
    """In ``currency``; None when the list names no amount."""
    currency: str = "VND"
    note: str = ""
    case: str = ""
    beside: str = ""
    """Text that stands next to the fee and may contradict it, such as the note about the way."""
    ambiguous: bool = False
    """The list itself says that the amount can be read in two ways."""
    listed: bool = False
    """It stands in a list of fees by case, so that a doubt about it says nothing about the others."""

    @property
    def is_foreign(self) -> bool:
        """Whether it is not paid in đồng."""
        return self.currency.strip().upper() not in {"", "VND", "VNĐ"}


@dataclass(frozen=True)
class FeeReading:
    """The fees of one way of submission."""

    fees: tuple[Fee, ...] = ()
    flags: tuple[str, ...] = ()
    """Flags for contradictions that throw doubt on the whole record."""
    foreign: bool = False
    """Some fee is paid in another currency; it is left out."""


def read_fees(published: Sequence[PublishedFee], flags: Iterable[str], checked_on: date) -> FeeReading:
    """The fees of one way of submission, as far as they may be told.

    ``flags`` are those of the record; ``checked_on`` is the day its facts were read.
    """
    known = tuple(flags)
    domestic = [fee for fee in published if not fee.is_foreign]
    foreign = len(domestic) < len(published)
    several = len({(fee.amount, fee.note, fee.case) for fee in published}) > 1
    found: list[Fee] = []
    added: list[str] = []
    for fee in domestic:
        doubt = _doubt(fee, checked_on)
        if doubt is not None and not fee.listed:
            added.append(doubt)
        told = _fee(fee, several)
        if told is not None:
            trusted = fee.amount is not None and doubt is None and not doubts_fee(known)
            found.append(told if trusted else doubtful(told))
    torn = _contradictory_cases(found, foreign)
    if torn:
        added.append(CONFLICT)
    settled = (doubtful(fee) if fee.certain and fee.case in torn else fee for fee in found)
    return FeeReading(
        fees=_with_last_day(tuple(dict.fromkeys(settled)), known),
        flags=tuple(dict.fromkeys(added)),
        foreign=foreign,
    )


def _fee(fee: PublishedFee, several: bool) -> Fee | None:
    said, unit = _without_unit(strip_marks(_IN_WORDS.sub("", tidy(fee.note))))
    case, unit_of_case = _without_unit(tidy(fee.case))
    note = None if says_nothing(said) or is_leftover(said) else capitalise(clip(said, NOTE_LIMIT))
    if fee.amount is None:
        return Fee(note=note, case=case or None) if note and speaks_of_fees(said) else None
    if several and note and not case and len(note) <= CASE_LIMIT and not find_amounts(note):
        case, note = note, None
    amount = int(fee.amount)
    everything = f"{said} {case} {fee.beside}"
    return Fee(
        amount=amount,
        per=_per(everything, amount) or (unit or unit_of_case if amount else None),
        case=None if says_nothing(case) or is_leftover(case) else case,
        note=note,
        valid_until=min(last_days(f"{said} {case}"), default=None),
    )


def _without_unit(said: str) -> tuple[str, str | None]:
    """A note without the unit at its head, and that unit."""
    match = _PER_FIRST.match(said)
    if match is None:
        return said.removeprefix("/").strip(), None
    rest = said[match.end() :]
    alone = re.fullmatch(r"\(([^()]*)\)", rest)
    return alone[1] if alone else rest, match[1].lower()


def _doubt(fee: PublishedFee, checked_on: date) -> str | None:
    """The flag that names what speaks against an amount, or None."""
    if fee.amount is None:
        return None
    said = f"{fee.note} {fee.case}"
    others = find_amounts(f"{said} {fee.beside}") - {int(fee.amount)}
    if fee.amount == 0:
        return ZERO_IN_DOUBT if others or speaks_of_fees(said) or speaks_of_fees(fee.beside) else None
    if fee.amount < SMALLEST_FEE:
        return TOO_SMALL
    exempted = any(day >= checked_on for day in exemption_last_days(said))
    odd = fee.amount > LARGEST_FEE or not float(fee.amount).is_integer()
    return CONFLICT if others or odd or exempted or fee.ambiguous or speaks_of_reduction(said) else None


def _contradictory_cases(fees: Sequence[Fee], foreign: bool) -> set[str | None]:
    """Cases with two certain amounts; "free" for everybody beside a fee in dollars is no better."""
    amounts: dict[str | None, set[int]] = {}
    for fee in fees:
        if fee.certain and fee.amount is not None:
            amounts.setdefault(fee.case, set()).add(fee.amount)
    torn = {case for case, values in amounts.items() if len(values) > 1}
    if foreign and 0 in amounts.get(None, set()):
        torn.add(None)
    return torn


def _with_last_day(fees: tuple[Fee, ...], flags: tuple[str, ...]) -> tuple[Fee, ...]:
    """A flag says that amounts of the record end; where no note says which, all of them do."""
    ends = [date.fromisoformat(FEE_ENDS[flag]) for flag in flags if flag in FEE_ENDS]
    if not ends or any(fee.valid_until for fee in fees):
        return fees
    return tuple(fee.model_copy(update={"valid_until": min(ends)}) for fee in fees)


def _per(text: str, amount: int) -> str | None:
    """What an amount is for: "hồ sơ" of "50.000 đồng/hồ sơ"."""
    match = _PER.search(text) if amount and find_amounts(text) == {amount} else None
    return match.group(1).lower() if match else None
