"""The one clock: what day and time it is in Vietnam, whatever zone the machine is set to."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """The time now, with zone."""
    return datetime.now(VIETNAM)


def today() -> date:
    """The local date."""
    return now().date()
