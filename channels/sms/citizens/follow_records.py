"""The dossiers somebody gets news of, as something kept about a person."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.follow_tables import FollowRow
from channels.sms.citizens.personal_records import Holding
from stores.database import Database


class FollowRecords:
    """Shows how many dossiers a number follows, and ends that.

    Args:
        database: its tables are made.
    """

    needs_proof = False

    def __init__(self, database: Database) -> None:
        self._database = database

    def holding(self, citizen: Citizen) -> Holding:
        """How many there are; each ends when the dossier does."""
        with self._database.reading() as session:
            count = select(func.count()).select_from(FollowRow).where(FollowRow.person == citizen.person)
            return Holding("follows", session.scalar(count) or 0)

    def erase(self, citizen: Citizen) -> None:
        """No more news, and nothing left of which they were."""
        with self._database.writing() as session:
            session.execute(delete(FollowRow).where(FollowRow.person == citizen.person))
