"""The ways of handing in a dossier: what one row of a list says, and how rows of the same way go together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from catalogue.doubt import safe_way_note
from catalogue.importers.fees import NOTE_LIMIT, PublishedFee, read_fees
from catalogue.record import ProcessingTime, Submission, TimeUnit, Way
from catalogue.text import capitalise, clip, says_nothing, strip_marks, tidy

UNIT_UNKNOWN = "Nguồn không ghi rõ đơn vị thời gian"
FOREIGN_FEE = "Có mức phí thu bằng ngoại tệ; nơi nhận hồ sơ sẽ cho biết."


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
    return tuple(submissions), tuple(dict.fromkeys(added))


def _submission(
    way: Way, rows: list[PublishedWay], flags: tuple[str, ...], checked_on: date
) -> tuple[Submission, tuple[str, ...]]:
    several = len(rows) > 1
    published = [replace(fee, beside=row.note) for row in rows for fee in row.fees]
    reading = read_fees(published, flags, checked_on)
    notes = [None if several else _note(rows[0].note), FOREIGN_FEE if reading.foreign else None]
    times = (_time(row, several) for row in rows)
    submission = Submission(
        way=way,
        times=tuple(dict.fromkeys(time for time in times if time is not None)),
        fees=reading.fees,
        note=" ".join(note for note in notes if note) or None,
    )
    return submission, reading.flags


def _time(row: PublishedWay, several: bool) -> ProcessingTime | None:
    # With several rows, the note of each says which case its time is for.
    note = _note(row.note) if several else None
    if row.time and row.time > 0:
        if row.unit is None:
            return ProcessingTime(note=UNIT_UNKNOWN)
        return ProcessingTime(value=row.time, unit=row.unit, note=note)
    said = strip_marks(tidy(row.time_note))
    if said and not says_nothing(said):
        # "10-25": a number without unit, as useless as one that stands in the right field.
        return ProcessingTime(note=clip(said, NOTE_LIMIT) if re.search(r"[^\W\d]", said) else UNIT_UNKNOWN)
    return ProcessingTime(note=note) if note else None


def _note(value: str) -> str | None:
    said = strip_marks(tidy(value))
    if says_nothing(said):
        return None
    kept = safe_way_note(capitalise(said))
    return clip(kept, NOTE_LIMIT) if kept else None
