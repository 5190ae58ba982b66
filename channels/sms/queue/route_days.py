"""Segments a route hands over in a day, as operators count them: no card and no account goes beyond its cap."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from channels.sms.queue.tables import route_days
from runtime.clock import VIETNAM


def day_of(now: float) -> str:
    """The day of Vietnam's clock, as operators count."""
    return datetime.fromtimestamp(now, VIETNAM).date().isoformat()


def seconds_left(now: float) -> float:
    """Until that day ends."""
    moment = datetime.fromtimestamp(now, VIETNAM)
    tomorrow = (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (tomorrow - moment).total_seconds()


class Days:
    """Segments each route has handed over today; call it while the route's rate is held (:class:`Rates`).

    Args:
        is_sqlite: which kind of database.
    """

    def __init__(self, is_sqlite: bool) -> None:
        self._is_sqlite = is_sqlite

    def left(self, session: Session, route: str, per_day: int, now: float) -> int:
        """Segments that may still go today."""
        query = select(route_days.c.segments).where(route_days.c.route == route, route_days.c.day == day_of(now))
        return max(0, per_day - (session.scalar(query) or 0))

    def spend(self, session: Session, route: str, segments: int, now: float) -> None:
        """Write down what goes; the day before is forgotten."""
        today = day_of(now)
        insert: Any = (sqlite.insert if self._is_sqlite else postgresql.insert)(route_days)
        session.execute(
            insert.values(route=route, day=today, segments=segments).on_conflict_do_update(
                index_elements=["route"],
                set_={
                    "day": today,
                    "segments": case((route_days.c.day == today, route_days.c.segments + segments), else_=segments),
                },
            )
        )
