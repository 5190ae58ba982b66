"""When officers are there, and until when a citizen has an answer: data of the installation, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import yaml

from language import data
from runtime.clock import VIETNAM
from runtime.working_time import working_time
from tickets.ticket import TicketKind

FILE: Final = "office_hours.yml"

_PROMISED: Final = frozenset(TicketKind) - {TicketKind.DATA_RIGHT}
"""Kinds whose time the office sets; of the others it is the law's."""
_LONGEST: Final = 400
"""Days looked through for office hours; a file without any in so long is a mistake."""


class NoOfficeHours(ValueError):
    """The file names no hours in which anybody works; the message says where."""


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When an officer is there; moments are Vietnamese time."""

    spans: tuple[tuple[time, time], ...]

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody is there."""
        local = moment.astimezone(VIETNAM)
        return working_time().is_working(local.date()) and any(start <= local.time() < end for start, end in self.spans)

    def after(self, moment: datetime, minutes: int) -> datetime:
        """The moment at which so many minutes of office hours have gone by.

        Raises:
            NoOfficeHours: nobody ever works.
        """
        local = moment.astimezone(VIETNAM)
        left = timedelta(minutes=minutes)
        for ahead in range(_LONGEST):
            day = local.date() + timedelta(days=ahead)
            if not working_time().is_working(day):
                continue
            for start, end in self.spans:
                begin = max(local, datetime.combine(day, start, VIETNAM))
                finish = datetime.combine(day, end, VIETNAM)
                if finish <= begin:
                    continue
                if finish - begin >= left:
                    return begin + left
                left -= finish - begin
        raise NoOfficeHours(f"{FILE} names no office hours within {_LONGEST} days")


@dataclass(frozen=True, slots=True)
class Promise:
    """Until when a ticket gets its first answer."""

    hours: OfficeHours
    within: Mapping[TicketKind, int]
    """Minutes of office hours, by kind."""

    def due(self, kind: TicketKind, asked_at: datetime) -> datetime:
        """The moment promised to whoever asked at ``asked_at``."""
        return self.hours.after(asked_at, self.within[kind])


@data.cached()
def office_hours() -> OfficeHours:
    """The installation's. Raises ``KeyError`` or ``ValueError`` for a file that does not fit."""
    return _hours(_read())


@data.cached()
def promise() -> Promise:
    """The installation's. Raises ``KeyError`` or ``ValueError`` for a file that does not fit."""
    content = _read()
    return Promise(_hours(content), {kind: int(content["answer_within"][kind.value]) for kind in _PROMISED})


def _hours(content: dict[str, Any]) -> OfficeHours:
    return OfficeHours(tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in content["hours"]))


def _read() -> dict[str, Any]:
    # A kiosk's bundle from before there was such a file has none.
    path = next(path for path in (data.folder() / FILE, Path(data.PROJECT) / FILE) if path.exists())
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content
