"""Whether answers helped, as people say when they take leave: counted by day, channel and what was told, without words.

Nothing in a row leads back to a person: neither a conversation nor a number, no time of day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from contract.turn import Channel
from learning.tables import LearningRating
from stores.database import Database


@dataclass(frozen=True)
class Rating:
    """One answer to whether it helped."""

    day: date
    channel: Channel
    about: str
    """Code of the procedure, or id of the entry, told last; empty where neither was."""
    helped: bool


@dataclass(frozen=True)
class Told:
    """What people said of one procedure or entry."""

    about: str
    helped: int
    did_not: int


class RatingStore:
    """The ratings of one installation. Every method raises SQLAlchemy's errors when the database is away.

    Args:
        database: its tables are made (:meth:`Database.migrate`).
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, rating: Rating) -> None:
        """Count one."""
        try:
            self._add(rating)
        except IntegrityError:
            # Another process counted the first of this day in the same moment.
            self._add(rating)

    def _add(self, rating: Rating) -> None:
        key = {"day": rating.day, "channel": rating.channel, "about": rating.about, "helped": rating.helped}
        with self._database.writing() as session:
            row = session.scalar(select(LearningRating).filter_by(**key).with_for_update())
            if row is None:
                row = LearningRating(**key, times=0)
                session.add(row)
            row.times += 1

    def told(self) -> list[Told]:
        """By procedure and entry, those first that did not help the oftenest."""
        with self._database.reading() as session:
            return summed((row.about, row.helped, row.times) for row in session.scalars(select(LearningRating)))

    def forget_before(self, day: date) -> int:
        """Delete what was said before ``day``; returns how many rows."""
        with self._database.writing() as session:
            old = list(session.scalars(select(LearningRating.id).where(LearningRating.day < day)))
            session.execute(delete(LearningRating).where(LearningRating.id.in_(old)))
            return len(old)


def summed(rows: Iterable[tuple[str, bool, int]]) -> list[Told]:
    """Counts by what was told, from (about, helped, times); those first that did not help the oftenest."""
    counts: dict[str, list[int]] = {}
    for about, helped, times in rows:
        counts.setdefault(about, [0, 0])[not helped] += times
    told = [Told(about, helped, did_not) for about, (helped, did_not) in counts.items()]
    return sorted(told, key=lambda one: (-one.did_not, -one.helped, one.about))
