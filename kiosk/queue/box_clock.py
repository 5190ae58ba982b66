"""When something happened on a box whose clock may be years off.

The machine counts seconds from its start, right whatever its clock says. From the centre's signed answers the kiosk
learns what the time was at that start; so everything asked for since is dated exactly. What was asked for in an
earlier run of the machine, during which the centre was never heard, is dated by the clock of that run, corrected by
what the clock is off now, and never later than now.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy.dialects import postgresql, sqlite

from kiosk.queue.tables import BootRow
from runtime.clock import VIETNAM
from stores.database import Database

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment as the box knows it."""

    wall: float
    boot: str
    ticks: float


def this_instant() -> Instant:
    """Now."""
    return Instant(time.time(), _BOOT_ID.read_text().strip(), time.clock_gettime(time.CLOCK_BOOTTIME))


class Watch:
    """Tells the centre's time.

    Args:
        database: its tables are made.
        instant: the clocks of the machine.
    """

    def __init__(self, database: Database, instant: Callable[[], Instant] = this_instant) -> None:
        self._database = database
        self.instant = instant

    def set(self, centre_now: float) -> None:
        """The centre has said what time it is."""
        at = self.instant()
        insert: Any = sqlite.insert if self._database.is_sqlite else postgresql.insert
        row = {"boot": at.boot, "started_at": centre_now - at.ticks}
        with self._database.writing() as session:
            session.execute(
                insert(BootRow)
                .values(row)
                .on_conflict_do_update(index_elements=["boot"], set_={"started_at": row["started_at"]})
            )

    def now(self) -> float:
        """The centre's time, seconds since 1970; the own clock's while the centre was not heard in this run."""
        at = self.instant()
        started = self._started(at.boot)
        return at.wall if started is None else started + at.ticks

    def today(self) -> date:
        """The day in Vietnam, by the centre's time where it is known."""
        return datetime.fromtimestamp(self.now(), VIETNAM).date()

    def date(self, then: Instant) -> float:
        """A moment of this or an earlier run in the centre's time; never in the future."""
        at, now = self.instant(), self.now()
        started = self._started(then.boot)
        if started is not None:
            return min(now, started + then.ticks)
        if then.boot == at.boot:
            return now - max(0.0, at.ticks - then.ticks)
        return min(now, then.wall + (now - at.wall))

    def _started(self, boot: str) -> float | None:
        with self._database.reading() as session:
            row = session.get(BootRow, boot)
            return None if row is None else row.started_at
