"""Dates are compared on Vietnam's calendar, and only the agency's own delay is called late."""

from __future__ import annotations

import dataclasses
import unicodedata
from datetime import UTC, date, datetime

import pytest

from actions.dossiers.model import Dossier, DossierStatus, DossierView, vietnam_date, view_of

TODAY = date(2026, 11, 23)


def dossier(status: DossierStatus = DossierStatus.PROCESSING, appointment_on: date | None = None) -> Dossier:
    return Dossier(
        code="H15.50.05.21-261120-9124",
        procedure_code="1.001193",
        procedure_name="Đăng ký khai sinh",
        status=status,
        received_on=date(2026, 11, 1),
        appointment_on=appointment_on,
        finished_on=None,
        supplement="  ",
        office=None,
        updated_at=datetime(2026, 11, 22, 23, 5, tzinfo=UTC),
    )


def view(status: DossierStatus = DossierStatus.PROCESSING, appointment_on: date | None = None) -> DossierView:
    return view_of(dossier(status, appointment_on), TODAY, str.strip)


@pytest.mark.parametrize(
    ("appointment_on", "days"),
    [
        (None, 0),
        (date(2026, 11, 24), 0),
        (date(2026, 11, 23), 0),
        (date(2026, 11, 22), 1),
        (date(2025, 11, 23), 365),
    ],
)
def test_days_late_are_counted_from_the_appointment(appointment_on: date | None, days: int) -> None:
    told = view(appointment_on=appointment_on)

    assert told.overdue_days == days
    assert told.appointment_passed == (days > 0)


@pytest.mark.parametrize("status", DossierStatus)
def test_only_a_running_clock_can_be_late(status: DossierStatus) -> None:
    told = view(status, date(2026, 11, 20))

    assert told.appointment_passed
    assert told.overdue_days == (3 if status in (DossierStatus.RECEIVED, DossierStatus.PROCESSING) else 0)


def test_the_day_begins_at_midnight_in_vietnam() -> None:
    assert vietnam_date(datetime(2026, 11, 22, 16, 59, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert vietnam_date(datetime(2026, 11, 22, 17, 0, 0, tzinfo=UTC)) == date(2026, 11, 23)


def test_the_time_of_the_last_news_is_told_in_vietnamese_time() -> None:
    assert f"{view().updated_at:%d/%m %H:%M}" == "23/11 06:05"


def test_names_are_told_as_one_line_of_composed_letters() -> None:
    raw = dataclasses.replace(
        dossier(), procedure_name=unicodedata.normalize("NFD", "Đăng ký\n khai tử "), office=" UBND\txã Ví Dụ"
    )
    told = view_of(raw, TODAY, str.strip)

    assert (told.procedure_name, told.collect_at) == ("Đăng ký khai tử", "UBND xã Ví Dụ")


def test_an_empty_request_for_papers_is_none() -> None:
    assert view().supplement is None


def test_news_without_a_time_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        dataclasses.replace(dossier(), updated_at=datetime(2026, 11, 22))
