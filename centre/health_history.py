"""How boxes were, hour by hour: since when a box is silent, or whether its printer fails each Monday."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from centre.tables import HourRow
from kiosk.protocol.messages import Condition, State
from runtime.clock import VIETNAM
from stores.database import Database

KEPT_FOR: Final = timedelta(days=60)
SHOWN_DAYS: Final = 14
_WORST: Final = (Condition.UNKNOWN, Condition.WORKS, Condition.MISSING, Condition.TROUBLE)


@dataclass(frozen=True, slots=True)
class HealthDay:
    """One day of a box."""

    day: date
    hours: int = 0
    """In how many of its hours the box was heard."""
    waiting: int = 0
    """The longest its queue was."""
    disk_free: int = 0
    """Megabytes, the least there were."""
    microphone: Condition = Condition.UNKNOWN
    printer: Condition = Condition.UNKNOWN
    """The worst that was told."""
    starts: int = 0
    """How often its machine had started anew."""
    bundles: tuple[int, ...] = ()
    """Numbers of the bundles it used, in their order."""


def note_hour(session: Session, kiosk: str, state: State, now: datetime) -> None:
    """Add what a box has told to its hour, in a transaction of the caller's.

    Args:
        session: writing.
        kiosk: id.
        state: as told.
        now: with zone.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    row = session.get(HourRow, (kiosk, hour))
    if row is None:
        session.execute(delete(HourRow).where(HourRow.kiosk == kiosk, HourRow.hour < now - KEPT_FOR))
        session.add(
            HourRow(
                kiosk=kiosk,
                hour=hour,
                heard=1,
                waiting=state.waiting,
                disk_free=state.disk_free,
                microphone=state.microphone,
                printer=state.printer,
                bundle=state.bundle,
                boot=state.boot,
            )
        )
        return
    row.heard += 1
    row.waiting = max(row.waiting, state.waiting)
    row.disk_free = min(row.disk_free, state.disk_free)
    row.microphone = _worse(Condition(row.microphone), state.microphone)
    row.printer = _worse(Condition(row.printer), state.printer)
    row.bundle, row.boot = state.bundle, state.boot


def _worse(one: Condition, other: Condition) -> Condition:
    return max(one, other, key=_WORST.index)


class HealthHistory:
    """Safe to share between threads and processes.

    Args:
        database: of the centre.
        clock: the time, with zone.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def days(self, kiosk: str, count: int = SHOWN_DAYS) -> list[HealthDay]:
        """The last days of a box, today first; a day without a word has no hours."""
        now = self._clock()
        today = now.astimezone(VIETNAM).date()
        query = (
            select(HourRow)
            .where(HourRow.kiosk == kiosk, HourRow.hour > now - timedelta(days=count + 1))
            .order_by(HourRow.hour)
        )
        with self._database.reading() as session:
            rows = session.scalars(query).all()
        found: dict[date, HealthDay] = {}
        boot = ""
        for day, of_day in groupby(rows, key=lambda row: row.hour.astimezone(VIETNAM).date()):
            hours = list(of_day)
            boots = [row.boot for row in hours if row.boot]
            starts = sum(after != before for before, after in pairwise([boot, *boots]) if before)
            boot = boots[-1] if boots else boot
            found[day] = HealthDay(
                day=day,
                hours=len(hours),
                waiting=max(row.waiting for row in hours),
                disk_free=min(row.disk_free for row in hours),
                microphone=max((Condition(row.microphone) for row in hours), key=_WORST.index),
                printer=max((Condition(row.printer) for row in hours), key=_WORST.index),
                starts=starts,
                bundles=tuple(dict.fromkeys(row.bundle for row in hours)),
            )
        days = [today - timedelta(days=back) for back in range(count)]
        return [found.get(day) or HealthDay(day) for day in days]

    def forget_old(self) -> int:
        """Delete hours older than :data:`KEPT_FOR`, of boxes that are silent, too; how many that were."""
        with self._database.writing() as session:
            old = HourRow.hour < self._clock() - KEPT_FOR
            return len(session.execute(delete(HourRow).where(old).returning(HourRow.kiosk)).all())
