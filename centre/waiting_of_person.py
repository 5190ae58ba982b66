"""What boxes have handed over for a number and what waits at the centre, as something kept about a person."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from centre.receiving import waiting_content
from centre.tables import PendingRow
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.personal_records import Holding
from stores.database import Database
from stores.sealing import Seal


class WaitingOfPerson:
    """Shows how many answers asked for at kiosks wait for a number, and erases them.

    Args:
        database: of the centre.
        seal: opens what waits; no hash of a number stands beside it, since hours later it is gone.
    """

    needs_proof = False

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    def holding(self, citizen: Citizen) -> Holding:
        """How many there are."""
        with self._database.reading() as session:
            return Holding("waiting", len(list(self._of(session, citizen))))

    def erase(self, citizen: Citizen) -> None:
        """They are not looked up and not sent any more."""
        with self._database.writing() as session:
            keys = list(self._of(session, citizen))
            if keys:
                session.execute(delete(PendingRow).where(tuple_(PendingRow.kiosk, PendingRow.key).in_(keys)))

    def _of(self, session: Session, citizen: Citizen) -> Iterator[tuple[str, str]]:
        for row in session.scalars(select(PendingRow)):
            content = waiting_content(row, self._seal)
            if content is not None and content.phone == citizen.phone:
                yield row.kiosk, row.key
