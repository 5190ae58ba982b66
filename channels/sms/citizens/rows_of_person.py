"""Rows of one table, as something kept about a person."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.orm import InstrumentedAttribute

from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.personal_records import Holding
from stores.database import Database


class RowsOfPerson:
    """Shows how many rows of a number there are, and erases them.

    Args:
        database: its tables are made.
        person: the column with the keyed hash of the number.
        kind: what they are called when they are shown.
    """

    needs_proof = False

    def __init__(self, database: Database, person: InstrumentedAttribute[str], kind: str) -> None:
        self._database = database
        self._person = person
        self._kind = kind

    def holding(self, citizen: Citizen) -> Holding:
        """How many there are."""
        with self._database.reading() as session:
            count = select(func.count()).where(self._person == citizen.person)
            return Holding(self._kind, session.scalar(count) or 0)

    def erase(self, citizen: Citizen) -> None:
        """Nothing is left of them; what was queued because of them is a message, and erased with those."""
        with self._database.writing() as session:
            session.execute(delete(self._person.class_).where(self._person == citizen.person))
