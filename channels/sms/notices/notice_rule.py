"""When a notice may go out: to those who asked for notices, and not at night."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import yaml

from channels.sms.citizens.consents import WARNINGS, Consents
from channels.sms.routes.messages import Kind
from language import data
from runtime.clock import VIETNAM


@dataclass(frozen=True, slots=True)
class Hours:
    """The part of a day, in Vietnam, in which people may be disturbed; ``until`` itself is too late."""

    begin: time
    until: time

    def next(self, now: datetime) -> datetime:
        """The earliest moment, now or later, inside these hours."""
        local = now.astimezone(VIETNAM)
        if self.begin <= local.time() < self.until:
            return now
        day = local.date() if local.time() < self.begin else local.date() + timedelta(days=1)
        return datetime.combine(day, self.begin, VIETNAM)


@data.cached()
def notice_hours() -> Hours:
    """The hours of ``nlu_data/sms/notices.yml``."""
    content = yaml.safe_load((data.folder() / "sms" / "notices.yml").read_text(encoding="utf-8"))
    return Hours(time.fromisoformat(content["from"]), time.fromisoformat(content["until"]))


class NoticeRule:
    """Asked each time before a notice goes out, because consent may have ended since it was written.

    Args:
        consents: the decisions of citizens.
        hours: in which notices may go out.
    """

    def __init__(self, consents: Consents, hours: Hours | None = None) -> None:
        self._consents = consents
        self._hours = hours or notice_hours()

    def when(self, persons: Collection[str], now: datetime, kind: Kind = Kind.NOTICE) -> dict[str, datetime]:
        """The earliest moment a notice may go out to each of these; who is not there must never get it.

        Args:
            persons: keyed hashes of numbers (:class:`channels.sms.citizens.citizen.Citizen`).
            now: aware.
            kind: a warning of danger waits for no hour.
        """
        if kind is Kind.WARNING:
            return dict.fromkeys(self._consents.granted(persons, WARNINGS), now)
        return dict.fromkeys(self._consents.granted(persons), self._hours.next(now))
