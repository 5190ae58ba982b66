"""How each citizen wants messages written, kept under the keyed hash of the number."""

from __future__ import annotations

from sqlalchemy import delete

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
