"""When an officer can take a call."""

from __future__ import annotations

from datetime import datetime

import pytest

from channels.phone.dialogue.dialogue_data import dialogue_data
from runtime.clock import VIETNAM


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
    assert dialogue_data().hours.is_open(datetime.fromisoformat(moment).replace(tzinfo=VIETNAM)) is is_open
