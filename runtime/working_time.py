"""Working days of public offices: which days count, when a time limit ends, how late something is. Pure, over data.

A limit of n working days begins the working day after the one of receipt (Bộ luật Dân sự 91/2015/QH13, article 147.2)
and ends with its n-th; what comes in after 15:00, at night or on a day off is received on the next working day. Time in
which the citizen is awaited does not count (QĐ 766/QĐ-TTg).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from runtime.clock import VIETNAM

FILE: Final = Path(__file__).with_name("working_days.yml")
_DAY: Final = timedelta(days=1)
_FRIDAY: Final = 5


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The calendar of public offices."""

    closed: frozenset[date]
    """Days off beside weekends."""
    worked: frozenset[date]
    """Saturdays and Sundays that are worked instead of a day off."""
    years: frozenset[int]
    """Whose decisions are known."""
    late_from: time
    """See the module."""

    def knows(self, day: date) -> bool:
        """Whether the days off of its year are decided and written down; else only weekends are known."""
        return day.year in self.years

    def is_working(self, day: date) -> bool:
        """Whether offices work on a day."""
        return day in self.worked or (day.isoweekday() <= _FRIDAY and day not in self.closed)

    def next_working(self, day: date) -> date:
        """The first working day, this one or later."""
        while not self.is_working(day):
            day += _DAY
        return day

    def after(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``; with 0 the day itself, or the next working one."""
        if count < 0:
            raise ValueError("a time limit is not negative")
        day = self.next_working(day)
        for _ in range(count):
            day = self.next_working(day + _DAY)
        return day

    def between(self, first: date, last: date) -> int:
        """Working days after ``first``, up to and with ``last``; 0 where that is no later."""
        return sum(self.is_working(first + _DAY * number) for number in range(1, (last - first).days + 1))

    def received(self, moment: datetime) -> date:
        """The day that counts as the one of receipt."""
        local = moment.astimezone(VIETNAM)
        late = local.time() >= self.late_from
        return self.next_working(local.date() + _DAY if late else local.date())

    def due(self, received: datetime, working_days: int, paused: Iterable[tuple[date, date]] = ()) -> date:
        """The last day of a time limit.

        Args:
            received: aware.
            working_days: of the limit.
            paused: from the day on which something was asked of the citizen until the day it came.
        """
        due = self.after(self.received(received), working_days)
        for began, ended in sorted(paused):
            if began <= due:
                due = self.after(due, self.between(began, ended))
        return due


@cache
def working_time() -> WorkingTime:
    """The calendar of the file. Raises ``KeyError`` or ``ValueError`` for one that does not fit."""
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    years: dict[int, dict[str, list[date]]] = content["years"]
    for year, days in years.items():
        for day in (*days["closed"], *days["worked"]):
            if day.year != year:
                raise ValueError(f"{FILE.name}: {day} is not in {year}")
    return WorkingTime(
        frozenset(day for days in years.values() for day in days["closed"]),
        frozenset(day for days in years.values() for day in days["worked"]),
        frozenset(years),
        time.fromisoformat(content["late_from"]),
    )
