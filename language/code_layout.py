"""Choosing where the agency, the date and the running number of a loosely written dossier code begin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from language import data
from language.code_stream import BLANK, DASH, DOT, GLUED, Anchor, Segment, code_words

_EARLIEST = dt.date(2015, 1, 1)
_FEWEST_DIGITS = 2 + 6 + 4
_MOST_DIGITS = 2 + 4 * 3 + 8 + 7
_MOST_STRINGS = 80
_MOST_PER_LENGTH = 6
_SHORTEST_GLUED_PREFIX = 4
_MOST_PREFIX_DIGITS = 9
_SEQUENCE_LENGTHS = (4, 5, 6, 7)
_LIMIT = 4.0
"""Reading cost above which a message holds no code."""

# What each oddity of a reading costs; the sums decide between readings, so only their order matters.
_SECOND_FORM = 0.2
_UNUSUAL_FORM = 0.8
_FUTURE = 1.5
_LEFT_OVER = 0.5
_NO_BORDER = 0.8
_CENTURY_BEFORE_DATE = 0.5
"""A six-digit date behind "20" is more likely the end of an eight-digit one."""
_DASH_BONUS = -0.5
_INSIDE_DATE = {GLUED: 0.0, BLANK: 0.4, DOT: 0.7, DASH: 1.2}
_INSIDE_SEQUENCE = {GLUED: 0.0, BLANK: 0.6, DOT: 1.0, DASH: 2.0}
_INSIDE_UNIT = {GLUED: 0.0, BLANK: 0.3, DOT: 1.0, DASH: 1.2}
_UNUSUAL_UNIT = 0.7
_UNMARKED_UNIT = 0.2


@dataclass(frozen=True, slots=True)
class Layout:
    """A code as it was understood."""

    agency: str
    date_digits: str
    date: dt.date
    sequence: str
    cost: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Digits:
    """One reading of the segments behind the letter."""

    text: str
    cost: float
    borders: tuple[tuple[int, int], ...]
    """(index, strength) of each place where something parts two digits."""


def real_date(digits: str, latest: dt.date | None) -> dt.date | None:
    """Return the date of ``yymmdd`` or ``yyyymmdd``, None when it is no day from 2015 to `latest`."""
    year = int(digits[:4]) if len(digits) == 8 else 2000 + int(digits[:2])
    try:
        date = dt.date(year, int(digits[-4:-2]), int(digits[-2:]))
    except ValueError:
        return None
    return date if date >= _EARLIEST and (latest is None or date <= latest) else None


def best_layout(anchor: Anchor, today: dt.date) -> Layout | None:
    """Return the likeliest code at this letter; None when no division has a real date and right lengths."""
    if _ends_other_number(anchor):
        return None
    best: Layout | None = None
    readings: list[_Digits] = [_Digits("", 0.0, ())]
    for index, segment in enumerate(anchor.after):
        readings = _extended(readings, segment, is_first=index == 0)
        left_over = _LEFT_OVER if index + 1 < len(anchor.after) else 0.0
        for reading in readings:
            if not _FEWEST_DIGITS <= len(reading.text) <= _MOST_DIGITS:
                continue
            for layout in _layouts(anchor, reading, today, segment.end):
                cost = layout.cost + left_over
                if cost <= _LIMIT and (best is None or cost < best.cost):
                    best = Layout(layout.agency, layout.date_digits, layout.date, layout.sequence, cost,
                                  layout.start, layout.end)  # fmt: skip
    return best


def _ends_other_number(anchor: Anchor) -> bool:
    """Tell whether the letter belongs to digits glued before it, as in "15h" or a plate."""
    if not anchor.before or anchor.parted_from_letter != GLUED:
        return False
    return len(anchor.before) == 1 and len(anchor.before[0].options[0].digits) < _SHORTEST_GLUED_PREFIX


def _extended(readings: list[_Digits], segment: Segment, is_first: bool) -> list[_Digits]:
    longer: list[_Digits] = []
    for reading in readings:
        borders = reading.borders
        if not is_first and segment.parted > GLUED:
            borders = (*borders, (len(reading.text), segment.parted))
        longer.extend(
            _Digits(reading.text + option.digits, reading.cost + option.cost, borders)
            for option in segment.options
            if len(reading.text) + len(option.digits) <= _MOST_DIGITS
        )
    longer.sort(key=lambda reading: reading.cost)
    kept: list[_Digits] = []
    per_length: dict[int, int] = {}
    for reading in longer:
        if per_length.get(len(reading.text), 0) < _MOST_PER_LENGTH and len(kept) < _MOST_STRINGS:
            per_length[len(reading.text)] = per_length.get(len(reading.text), 0) + 1
            kept.append(reading)
    return kept


def _layouts(anchor: Anchor, reading: _Digits, today: dt.date, end: int) -> Iterator[Layout]:
    latest = dt.date(today.year + 1, 12, 31)
    usual = code_words().usual_forms[anchor.letter]
    borders = dict(reading.borders)
    for date_length in (6, 8):
        for sequence_length in _SEQUENCE_LENGTHS:
            date_at = len(reading.text) - date_length - sequence_length
            sequence_at = date_at + date_length
            if date_at < 2:
                continue
            date = real_date(reading.text[date_at:sequence_at], latest)
            if date is None:
                continue
            agency = _agency(anchor, reading.text[:date_at], borders)
            if agency is None:
                continue
            written, agency_cost, start = agency
            form = (date_length, sequence_length)
            cost = reading.cost + agency_cost
            cost += usual.index(form) * _SECOND_FORM if form in usual else _UNUSUAL_FORM
            cost += _FUTURE if date > today + dt.timedelta(days=31) else 0.0
            if anchor.letter == "G" and date_length == 6 and reading.text[2:date_at].endswith("20"):
                cost += _CENTURY_BEFORE_DATE if date_at not in borders else 0.0
            cost += _border_cost(borders, date_at) + _border_cost(borders, sequence_at)
            cost += sum(_INSIDE_DATE[strength] for at, strength in borders.items() if date_at < at < sequence_at)
            cost += sum(_INSIDE_SEQUENCE[strength] for at, strength in borders.items() if at > sequence_at)
            yield Layout(written, reading.text[date_at:sequence_at], date, reading.text[sequence_at:], cost, start, end)


def _border_cost(borders: dict[int, int], at: int) -> float:
    strength = borders.get(at, GLUED)
    if strength is DASH:
        return _DASH_BONUS
    return _NO_BORDER if strength == GLUED and borders else 0.0


def _agency(anchor: Anchor, digits: str, borders: dict[int, int]) -> tuple[str, float, int] | None:
    """Return the agency's code, its cost and where it starts in the text; None when it has no such form."""
    head = anchor.letter + digits[:2]
    cost = sum(_INSIDE_UNIT[strength] for at, strength in borders.items() if at == 1)
    in_threes = head in code_words().three_digit_units
    parted = tuple(sorted((at, strength) for at, strength in borders.items() if 2 <= at < len(digits)))
    units = _units(digits, 2, parted, in_threes, 4)
    if units is None:
        return None
    unit_cost, suffix = units
    prefix = _prefix(anchor, has_suffix=bool(suffix))
    if prefix:
        written, start = prefix
        return ".".join((*written, head, *suffix)), cost + unit_cost, start
    return ".".join((head, *suffix)), cost + unit_cost, anchor.letter_start


@data.cached()
def _units(
    digits: str, at: int, borders: tuple[tuple[int, int], ...], in_threes: bool, left: int
) -> tuple[float, tuple[str, ...]] | None:
    """Divide the rest of an agency's digits into units of two or three; None when that cannot be."""
    if at == len(digits):
        return 0.0, ()
    if left == 0:
        return None
    best: tuple[float, tuple[str, ...]] | None = None
    for size in (1, 2, 3):
        if size == 1 and not _stands_alone(at, len(digits), borders):
            continue
        rest = _units(digits, at + size, borders, in_threes, left - 1) if at + size <= len(digits) else None
        if rest is None:
            continue
        cost = rest[0] + (_UNUSUAL_UNIT if size == 1 or (size == 3) != in_threes else 0.0)
        cost += sum(_INSIDE_UNIT[strength] for border, strength in borders if at < border < at + size)
        if borders and at + size < len(digits) and all(border != at + size for border, _ in borders):
            cost += _UNMARKED_UNIT
        if best is None or cost < best[0]:
            best = (cost, (digits[at : at + size].zfill(2), *rest[1]))
    return best


def _stands_alone(at: int, length: int, borders: tuple[tuple[int, int], ...]) -> bool:
    """Tell whether dots part this one digit on both sides, so that a zero was left out ("50.5.13")."""
    marked = {border for border, strength in borders if strength >= DOT}
    return at in marked and (at + 1 in marked or at + 1 == length)


def _prefix(anchor: Anchor, has_suffix: bool) -> tuple[tuple[str, ...], int] | None:
    """Return the units before the letter of an older code (``000.00.01.H29``), and where they start."""
    if not anchor.before:
        return None
    best: tuple[tuple[str, ...], int] | None = None
    digits = ""
    borders: list[tuple[int, int]] = []
    parted = anchor.parted_from_letter
    for segment in reversed(anchor.before):
        weak = parted == BLANK
        digits = segment.options[0].digits + digits
        borders = [(at + len(segment.options[0].digits), strength) for at, strength in borders]
        if len(digits) > _MOST_PREFIX_DIGITS or (has_suffix and weak):
            break
        units = _units(digits, 0, tuple(borders), digits.startswith("000") and len(digits) == 3, 3)
        is_sure = digits.startswith("00") or (parted != DASH and (not weak or bool(borders)))
        if units is not None and is_sure:
            best = (_legacy(digits) or units[1]), segment.start
        borders.append((0, segment.parted))
        parted = segment.parted
    return best


def _legacy(digits: str) -> tuple[str, ...] | None:
    """Return the units of an older code's prefix when typed in one piece: three digits, then pairs."""
    if not digits.startswith("000") or len(digits) not in (3, 5, 7):
        return None
    return (digits[:3], *(digits[at : at + 2] for at in range(3, len(digits), 2)))
