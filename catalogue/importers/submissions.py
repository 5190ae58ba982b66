"""The ways of handing in a dossier: what one row of a list says, and how rows of the same way go together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from catalogue.doubtful_fees import doubtful, safe_way_note
from catalogue.importers.fees import CONFLICT, NOTE_LIMIT, PublishedFee, read_fees
from catalogue.record import Decider, ProcessingTime, Submission, TimeUnit, Way
from catalogue.text import capitalise, clip, says_nothing, strip_marks, tidy
from catalogue.wording import fact

UNITS = {
    "ngày làm việc": TimeUnit.WORKING_DAY,
    "ngày": TimeUnit.DAY,
    "giờ": TimeUnit.HOUR,
    "tháng": TimeUnit.MONTH,
}
"""Units of time as publishers write them."""


@dataclass(frozen=True)
class PublishedWay:
    """One row of a list: a way of submission, a time and its fees."""

    way: Way
    time: float | None
    """Number of ``unit``; without a unit it must not be told."""
    unit: TimeUnit | None
    fees: tuple[PublishedFee, ...] = ()
    note: str = ""
    time_note: str = ""
    """What stands where a time should be, when it is no number with a unit."""


def read_submissions(
    rows: Sequence[PublishedWay], flags: Iterable[str], checked_on: date
) -> tuple[tuple[Submission, ...], tuple[str, ...]]:
    """The ways of submission in a fixed order, and the flags that contradictions among their fees add."""
    known = tuple(flags)
    submissions: list[Submission] = []
    added: list[str] = []
    for way in Way:
        of_way = [row for row in rows if row.way is way]
        if of_way:
            submission, doubts = _submission(way, of_way, known, checked_on)
            submissions.append(submission)
            added.extend(doubts)
    submissions = _one_unit_each(submissions)
    if _hold_cases_under_ways(submissions):
        submissions = [_in_doubt(submission) for submission in submissions]
        added.append(CONFLICT)
    return tuple(submissions), tuple(dict.fromkeys(added))


_LEAST_ONLINE = 0.4
"""Of the fee at the desk. The lowest share a law sets is 7,000 of 15,000 đồng (Thông tư 75/2022/TT-BTC); a tenth is a
nought left out."""


def _one_unit_each(submissions: list[Submission]) -> list[Submission]:
    """The same amount "a time" under one way and bare under another is one fee: what it is for is told for all."""
    fees = [fee for one in submissions for fee in one.fees]
    per = {fee.per for fee in fees if fee.per is not None}
    if len({fee.amount for fee in fees}) > 1 or len(per) != 1:
        return submissions
    (unit,) = per
    return [
        one.model_copy(update={"fees": tuple(fee.model_copy(update={"per": unit}) for fee in one.fees)})
        for one in submissions
    ]


_OF_THE_WAY = re.compile(r"trực tuyến|qua mạng|môi trường mạng|điện tử|trực tiếp|bưu (?:chính|điện)", re.IGNORECASE)


def _hold_cases_under_ways(submissions: Sequence[Submission]) -> bool:
    """Whether fees that the law sets by case stand one under each way: "gửi bưu điện: 1.500.000" of another matter.

    The form of lists has room for one fee a way. Only handing in online is ever cheaper, so a fee by post that is not
    the one at the desk tells it; so do notes that name different matters and say no word of the way.
    """
    fees = {one.way: one.fees[0] for one in submissions if len(one.fees) == 1}
    if len(fees) < len([one for one in submissions if one.fees]) or not all(fee.certain for fee in fees.values()):
        return False
    if len({fee.amount for fee in fees.values()}) < 2:
        return False
    desk, line = (fees[way].amount if way in fees else None for way in (Way.DIRECT, Way.ONLINE))
    if Way.DIRECT in fees and Way.POSTAL in fees and desk != fees[Way.POSTAL].amount:
        return True
    if desk and line and not _LEAST_ONLINE <= line / desk <= 1:
        return True
    notes = {fee.note for fee in fees.values()}
    return len(notes) > 1 and not any(note is None or _OF_THE_WAY.search(note) for note in notes)


def _in_doubt(submission: Submission) -> Submission:
    return submission.model_copy(update={"fees": tuple(doubtful(fee) for fee in submission.fees)})


_REMOTE_EXTRA = 10
"""Days the law gives remote communes more. Source: Nghị định 151/2025/NĐ-CP, Phụ lục I, Phần V; since 31/01/2026 a
province sets the times itself (Nghị định 49/2026/NĐ-CP, Điều 15, 16)."""


def times_by_commune(submissions: tuple[Submission, ...], field: str) -> tuple[Submission, ...]:
    """Times of land procedures as the law has them: by commune, not by way of submission.

    The portal's form has one number a way, so the longer time of remote communes stands under another way. Where the
    ways differ by exactly these ten days, every way is given both.
    """
    stated = {(time.value, time.unit) for one in submissions for time in one.times if time.value is not None}
    values = sorted(value for value, _ in stated if value is not None)
    units = {unit for _, unit in stated}
    alone = all(len(one.times) <= 1 and all(time.case is None for time in one.times) for one in submissions)
    if field != "Đất đai" or not alone or len(units) != 1 or len(values) != 2:
        return submissions
    if values[1] - values[0] != _REMOTE_EXTRA:
        return submissions
    (unit,) = units
    times = (
        ProcessingTime(value=values[0], unit=unit, who_decides=Decider.PROVINCE),
        ProcessingTime(value=values[1], unit=unit, case=fact("remote_communes"), who_decides=Decider.PROVINCE),
    )
    return tuple(one.model_copy(update={"times": times}) if one.times else one for one in submissions)


def _submission(
    way: Way, rows: list[PublishedWay], flags: tuple[str, ...], checked_on: date
) -> tuple[Submission, tuple[str, ...]]:
    several = len(rows) > 1
    published = [replace(fee, beside=row.note) for row in rows for fee in row.fees]
    reading = read_fees(published, flags, checked_on)
    notes = [None if several else _note(rows[0].note), fact("foreign_fee") if reading.foreign else None]
    times = tuple(dict.fromkeys(time for row in rows if (time := _time(row, several)) is not None))
    if not any(time.is_stated for time in times):
        times = tuple(time for row in rows for time in times_in_note(row.note)) or times
    submission = Submission(
        way=way,
        times=times,
        fees=reading.fees,
        note=" ".join(note for note in notes if note) or None,
    )
    return submission, reading.flags


_BY_CASE = re.compile(
    r"(\d{1,3})\s*(ngày làm việc|ngày|giờ)\s*\(\s*(?:đối với\s+)?(?:trường hợp\s+)?([^()]{3,80})\)", re.IGNORECASE
)
_WHOLE = re.compile(
    r"^(?:thời (?:hạn|gian) giải quyết[^:.]{0,40}:\s*)?(?:không quá\s+|trong\s+(?:thời hạn\s+)?)?"
    r"(?:(\d{1,3})\s*[-–]\s*)?(\d{1,3})\s*(ngày làm việc|ngày|giờ)(?=\s*(?:[.;,]|$|kể từ|từ khi|sau khi))",
    re.IGNORECASE,
)


def times_in_note(note: str) -> tuple[ProcessingTime, ...]:
    """Times that stand in the note because the field for them has room for one only.

    "28 ngày làm việc (đối với trường hợp cấp mới), 02 ngày làm việc (… cấp lại)" gives two; a note that names a step of
    the procedure, or more than one number without its case, gives none.
    """
    text = strip_marks(tidy(note))
    by_case = _BY_CASE.findall(text)
    if len(by_case) > 1:
        return tuple(
            ProcessingTime(value=float(count), unit=UNITS[unit.lower()], case=tidy(case).rstrip(" ;,."))
            for count, unit, case in by_case
        )
    cases = _cases(text)
    if cases:
        return cases
    whole = _WHOLE.match(text)
    if whole is None or len(re.findall(r"\d{1,3}\s*(?:ngày|giờ)", text)) > 1:
        return ()
    least, most = float(whole[1] or whole[2]), float(whole[2])
    return (ProcessingTime(value=least, most=most if most > least else None, unit=UNITS[whole[3].lower()]),)


_NUMBER = re.compile(r"(\d{1,3})\s*(ngày làm việc|ngày|giờ)", re.IGNORECASE)
_CASE_BEFORE = re.compile(
    r"(?:(?:đối với|trường hợp)\s+)*((?:cấp|đổi|gia hạn)[^,:;]{2,60}?|(?<=hợp )[^,:;]{3,60}?)"
    r"\s*(?::|là|trong thời hạn)\s*$",
    re.IGNORECASE,
)
_CASE_BEHIND = re.compile(r"trong trường h[ợơ]p\s+([^,;]{3,80})", re.IGNORECASE)


def _cases(text: str) -> tuple[ProcessingTime, ...]:
    """Times by case, one a clause: "cấp mới là 07 ngày làm việc …; cấp lại trong thời hạn 02 ngày làm việc …".

    A clause that names who does what, or holds a second number, is a step of the procedure: then there are none.
    """
    found: list[ProcessingTime] = []
    for clause in re.split(r";\s*(?:-\s*)?", text.rstrip(" .;")):
        numbers = list(_NUMBER.finditer(clause))
        if len(numbers) != 1:
            return ()
        (number,) = numbers
        told = _CASE_BEFORE.search(clause[: number.start()]) or _CASE_BEHIND.search(clause[number.end() :])
        if told is None and (found or number.start() > 0):
            return ()
        case = tidy(told[1]).rstrip(" .") if told else None
        found.append(ProcessingTime(value=float(number[1]), unit=UNITS[number[2].lower()], case=case))
    return tuple(found) if len(found) > 1 and len({one.case for one in found}) == len(found) else ()


def _time(row: PublishedWay, several: bool) -> ProcessingTime | None:
    # With several rows, the note of each says which case its time is for.
    note = _note(row.note) if several else None
    if row.time and row.time > 0:
        if row.unit is None:
            return ProcessingTime(note=fact("unit_unknown"))
        return ProcessingTime(value=row.time, unit=row.unit, note=note)
    said = strip_marks(tidy(row.time_note))
    if said and not says_nothing(said):
        # "10-25": a number without unit, as useless as one that stands in the right field.
        return ProcessingTime(note=clip(said, NOTE_LIMIT) if re.search(r"[^\W\d]", said) else fact("unit_unknown"))
    return ProcessingTime(note=note) if note else None


def _note(value: str) -> str | None:
    said = strip_marks(tidy(value))
    if says_nothing(said):
        return None
    kept = strip_marks(safe_way_note(said) or "")
    return clip(capitalise(kept), NOTE_LIMIT) if kept else None
