"""How each citizen wants messages written, kept under the keyed hash of the number."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from channels.sms.citizens.tables import CitizenPreference
from stores.database import Database


class Preferences:
    """Choices that outlive a conversation; safe to share between threads.

    Args:
        database: its tables are made.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def diacritics(self, person: str) -> bool | None:
        """Whether a person wants diacritics; None from somebody who never chose."""
        with self._database.reading() as session:
            return self.diacritics_within(session, person)

    @staticmethod
    def diacritics_within(session: Session, person: str) -> bool | None:
        """:meth:`diacritics` inside a transaction of the caller's, which must not wait for a second connection."""
        row = session.get(CitizenPreference, person)
        return None if row is None else row.diacritics

    def choose_diacritics(self, person: str, wanted: bool) -> None:
        """Keep a choice in place of any earlier one."""
        with self._database.writing() as session:
            session.merge(CitizenPreference(person=person, diacritics=wanted))

    def forget(self, person: str) -> None:
        """Erase a person's choices."""
        with self._database.writing() as session:
            session.execute(delete(CitizenPreference).where(CitizenPreference.person == person))
