"""Which days count, when a limit ends, and how late something is."""

from __future__ import annotations

import json
import os
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.clock import VIETNAM
from runtime.working_time import working_time

DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 1))
REPOSITORY = Path(__file__).resolve().parents[2]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        ("2026-11-16 09:00", 3, "2026-11-19"),
        ("2026-11-16 14:59", 1, "2026-11-17"),
        ("2026-11-16 15:00", 1, "2026-11-18"),
        ("2026-11-20 16:00", 0, "2026-11-23"),
        ("2026-11-20 10:00", 0, "2026-11-20"),
        # The day of culture is off since 2026.
        ("2026-11-23 09:00", 1, "2026-11-25"),
        # Saturday, Sunday, and what comes in at night.
        ("2026-11-21 09:00", 2, "2026-11-26"),
        ("2026-11-19 23:00", 1, "2026-11-23"),
        # Lunar new year of 2027, with its days in lieu.
        ("2027-02-03 09:00", 1, "2027-02-11"),
        ("2027-02-03 15:30", 1, "2027-02-12"),
        # A swapped Saturday is worked.
        ("2026-08-21 09:00", 1, "2026-08-22"),
        ("2026-08-28 09:00", 1, "2026-09-03"),
        # Over the turn of the year.
        ("2026-12-31 15:10", 5, "2027-01-11"),
    ],
)
def test_a_time_limit_ends_on_a_working_day(received: str, days: int, due: str) -> None:
    assert working_time().due(at(received), days) == date.fromisoformat(due)


def test_time_in_which_the_citizen_is_awaited_is_deducted() -> None:
    calendar, received = working_time(), at("2026-11-09 09:00")
    assert calendar.due(received, 5) == date(2026, 11, 16)
    asked = (date(2026, 11, 11), date(2026, 11, 18))
    assert calendar.due(received, 5, [asked]) == date(2026, 11, 23)
    again = (date(2026, 11, 19), date(2026, 11, 20))
    assert calendar.due(received, 5, [again, asked]) == date(2026, 11, 25)
    # Asked for when the limit was over: nothing is left to pause.
    assert calendar.due(received, 5, [(date(2026, 11, 17), date(2026, 11, 30))]) == date(2026, 11, 16)


def test_lateness_is_counted_in_working_days() -> None:
    calendar = working_time()
    assert calendar.between(date(2026, 11, 20), date(2026, 11, 22)) == 0
    assert calendar.between(date(2026, 11, 20), date(2026, 11, 25)) == 2
    assert calendar.between(date(2026, 11, 20), date(2026, 11, 20)) == 0
    assert calendar.between(date(2026, 11, 20), date(2026, 11, 10)) == 0


@given(DAYS, st.integers(0, 60))
def test_what_is_counted_forwards_is_counted_back(day: date, count: int) -> None:
    calendar = working_time()
    ends = calendar.after(day, count)
    assert calendar.is_working(ends)
    assert calendar.between(calendar.next_working(day), ends) == count


@given(DAYS, st.integers(0, 40), st.integers(0, 1439))
def test_a_longer_limit_and_a_later_receipt_never_end_sooner(day: date, days: int, minutes: int) -> None:
    calendar = working_time()
    received = datetime(day.year, day.month, day.day, tzinfo=VIETNAM) + timedelta(minutes=minutes)
    assert calendar.due(received, days) < calendar.due(received, days + 1)
    assert calendar.due(received, days) <= calendar.due(received + timedelta(hours=1), days)
    assert calendar.due(received, days) <= calendar.due(received, days, [(day, day + timedelta(days=3))])


def test_years_without_decisions_are_not_known() -> None:
    assert working_time().knows(date(2027, 12, 31))
    assert not working_time().knows(date(2028, 1, 1))


def test_the_days_are_those_of_the_researched_calendar() -> None:
    file = Path(os.environ.get("MOTCUA_SHARED", REPOSITORY.parent / "shared")) / "domain/facts/calendar.json"
    if not file.exists():
        pytest.skip("the research material is not here")
    years = json.loads(file.read_text(encoding="utf-8"))["years"]
    calendar = working_time()
    for year in years.values():
        for row in year["days"]:
            day = date.fromisoformat(row["date"])
            assert calendar.is_working(day) is (row["kind"] == "ngày làm bù"), day
