"""Amounts of money and their last day, as Vietnamese notices write them."""

from __future__ import annotations

import re
from datetime import date

_UNITS = {"nghìn": 1_000, "ngàn": 1_000, "triệu": 1_000_000}

_GROUPED = r"\d{1,3}(?:[.,]\d{3})+"
_CURRENCY = r"(?:đồng|đ|vnđ|vnd|việt nam đồng)(?!\w)"
_AMOUNT = re.compile(
    rf"(?<![\w./])(?:"
    rf"(?P<scaled>\d+(?:[.,]\d+)?)\s*(?P<unit>nghìn|ngàn|triệu)(?!\w)"
    rf"|(?P<money>{_GROUPED}|\d+)\s*{_CURRENCY}"
    rf"|(?P<grouped>{_GROUPED})(?![\d./]*\d)"
    rf")",
    re.IGNORECASE,
)
_FREE = re.compile(
    r"(?:miễn|không thu|không mất|không phải nộp)\s+(?:toàn bộ\s+)?(?:các\s+)?(?:khoản\s+)?"
    r"(?:phí|lệ phí)(?:,\s*lệ phí)?"
    r"(?!\s*(?:cho|đối với|với|khi|nếu|trong trường hợp))",
    re.IGNORECASE,
)
_FEE_WORD = re.compile(
    r"(?<!chi )(?<!kinh )(?<!học )(?<!án )(?<!viện )(?<!đảng )\bphí\b|mức thu|mức nộp|biểu giá|giá dịch vụ",
    re.IGNORECASE,
)
_REDUCED = re.compile(r"\d\s*%|giảm|bằng một nửa|khung mức|hội đồng nhân dân|hđnd", re.IGNORECASE)
_LAST_DAY = re.compile(
    r"(?:đến\s+hết|hết|đến)\s+(?:ngày\s+)?(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})"
    r"|(?:đến\s+hết|hết|đến)\s+ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})",
    re.IGNORECASE,
)

_EXEMPTION = re.compile(r"miễn\b[^.;()]{0,60}?(?:từ|kể từ)\b[^;()]{0,60}", re.IGNORECASE)


def find_amounts(text: str) -> frozenset[int]:
    """Every amount in đồng a text names: "50.000 đồng", "50.000đ/lần", "2 triệu", "160.000/hộ chiếu".

    A bare number without thousands' points ("Mẫu số 01", "Điều 15") is no amount, nor is "Mẫu 22đ"; billions
    ("dưới 50 tỷ") are what a scale of fees depends on, never a fee.
    """
    return frozenset(amount for match in _AMOUNT.finditer(text) if (amount := _value(match)) is not None)


def _value(match: re.Match[str]) -> int | None:
    if match["scaled"]:
        return round(float(match["scaled"].replace(",", ".")) * _UNITS[match["unit"].lower()])
    digits = re.sub(r"[.,]", "", match["money"] or match["grouped"])
    if len(digits) > 15 or (len(digits) < 3 and match.group().endswith("đ")):
        return None
    return int(digits)


def says_free(text: str) -> bool:
    """Whether a text says that nobody pays; "miễn lệ phí cho hộ nghèo" says that only some do not."""
    return _FREE.search(text) is not None


def speaks_of_fees(text: str) -> bool:
    """Whether a text suggests that a fee is due: it speaks of one and not only to say there is none."""
    return _FEE_WORD.search(_FREE.sub(" ", text)) is not None


def speaks_of_reduction(text: str) -> bool:
    """Whether a text says the published amount is not what everybody pays."""
    return _REDUCED.search(text) is not None


def last_days(text: str) -> tuple[date, ...]:
    """The days until which a text says an amount holds ("đến hết ngày 31/12/2026"), exemptions aside."""
    return _days(_EXEMPTION.sub(" ", text))


def exemption_last_days(text: str) -> tuple[date, ...]:
    """The last days of exemptions: "miễn từ ngày 07/4/2026 đến 30/6/2026"."""
    return tuple(day for match in _EXEMPTION.finditer(text) for day in _days(match.group()))


def _days(text: str) -> tuple[date, ...]:
    found = []
    for match in _LAST_DAY.finditer(text):
        day, month, year = (int(part) for part in match.groups() if part)
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return tuple(found)
