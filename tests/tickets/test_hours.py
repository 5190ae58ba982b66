"""When an officer is there, and until when an answer is promised."""

from __future__ import annotations

from datetime import datetime

import pytest

from runtime.clock import VIETNAM
from tickets.hours import NoOfficeHours, OfficeHours, office_hours, promise
from tickets.ticket import TicketKind


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-18 07:29", False),
        ("2026-11-18 07:30", True),
        ("2026-11-18 11:30", False),
        ("2026-11-18 13:30", True),
        ("2026-11-18 16:59", True),
        ("2026-11-18 17:00", False),
        ("2026-11-21 09:00", False),
        ("2026-11-22 09:00", False),
        ("2027-01-01 09:00", False),
        ("2026-04-30 09:00", False),
        ("2027-02-08 09:00", False),
        ("2026-11-24 09:00", False),
        ("2027-09-01 09:00", True),
        ("2027-09-03 09:00", False),
        ("2026-08-22 09:00", True),
    ],
)
def test_officers_are_there_in_office_hours(moment: str, is_open: bool) -> None:
    assert office_hours().is_open(at(moment)) is is_open


@pytest.mark.parametrize(
    ("asked", "minutes", "due"),
    [
        ("2026-11-18 08:00", 60, "2026-11-18 09:00"),
        # Noon does not count, nor does the night.
        ("2026-11-18 11:00", 60, "2026-11-18 14:00"),
        ("2026-11-18 16:30", 60, "2026-11-19 08:00"),
        ("2026-11-18 23:00", 60, "2026-11-19 08:30"),
        # Friday evening: Monday morning.
        ("2026-11-20 17:30", 30, "2026-11-23 08:00"),
        # The lunar new year: from Wednesday evening to the Thursday after.
        ("2027-02-03 17:00", 60, "2027-02-11 08:30"),
        ("2026-11-18 07:30", 240, "2026-11-18 11:30"),
    ],
)
def test_a_promise_counts_office_hours_alone(asked: str, minutes: int, due: str) -> None:
    assert office_hours().after(at(asked), minutes) == at(due)


def test_each_kind_of_ticket_has_its_promise() -> None:
    asked = at("2026-11-18 07:30")
    assert promise().due(TicketKind.CALL_BACK, asked) == at("2026-11-18 11:30")
    assert promise().due(TicketKind.REPORT, asked) == at("2026-11-19 17:00")


def test_hours_in_which_nobody_ever_works_are_an_error() -> None:
    never = OfficeHours(())
    with pytest.raises(NoOfficeHours):
        never.after(at("2026-11-18 08:00"), 1)
