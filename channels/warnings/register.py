"""Who asked to be warned, and where: numbers with their commune, taken at the counter or from a list of papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import WARNINGS, Consents
from channels.warnings.tables import WarnedRow
from stores.database import Database
from stores.sealing import Seal, SealBroken

LONGEST_COMMUNE: Final = 60
_AT_ONCE: Final = 500
"""Persons of one transaction."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody of the register."""

    phone: str = field(repr=False)
    """As people write it."""
    commune: str
    paper: str
    """Number of the signed paper."""


class WarningRegister:
    """Safe to share between threads.

    Args:
        database: its tables are made.
        seal: hides numbers.
        consents: the ledger in which each entry is proven.
        now: the clock.
    """

    def __init__(self, database: Database, seal: Seal, consents: Consents, now: Callable[[], datetime]) -> None:
        self._database = database
        self._seal = seal
        self._consents = consents
        self._now = now

    def take(self, entries: Sequence[Entry], officer: str, wording: str) -> int:
        """Note entries with their consent, all of them or none; who stands there already moves. Returns how many.

        Args:
            entries: numbers that are no telephone's are left out.
            officer: who has the papers.
            wording: version of the sentences on them.
        """
        found = {
            citizen.person: (citizen.phone, entry)
            for entry in entries
            if (citizen := Citizen.of(entry.phone, self._seal)) is not None
        }
        proofs = {person: f"{officer}: {entry.paper}" for person, (_, entry) in found.items()}
        with self._database.writing() as session:
            for person, (phone, entry) in found.items():
                session.merge(
                    WarnedRow(
                        person=person,
                        commune=" ".join(entry.commune.split())[:LONGEST_COMMUNE],
                        sealed=self._seal.close(phone),
                        paper=proofs[person],
                        since=self._now(),
                    )
                )
            self._consents.grant_warnings(session, proofs, wording)
        return len(found)

    def drop_refused(self) -> int:
        """Erase those who want no messages any more: their number has no purpose here. Returns how many."""
        with self._database.reading() as session:
            persons = list(session.scalars(select(WarnedRow.person)))
        gone = sorted(set(persons) - self._consents.granted(persons, WARNINGS))
        for start in range(0, len(gone), _AT_ONCE):
            with self._database.writing() as session:
                session.execute(delete(WarnedRow).where(WarnedRow.person.in_(gone[start : start + _AT_ONCE])))
        return len(gone)

    def communes(self) -> dict[str, int]:
        """How many numbers stand in each commune, by its name."""
        with self._database.reading() as session:
            query = select(WarnedRow.commune, func.count()).group_by(WarnedRow.commune).order_by(WarnedRow.commune)
            return dict(session.execute(query).tuples().all())

    def commune_of(self, person: str) -> str | None:
        """Where somebody is warned; None who is not in the register."""
        with self._database.reading() as session:
            row = session.get(WarnedRow, person)
            return row.commune if row is not None else None

    def of(self, session: Session, communes: Sequence[str]) -> list[WarnedRow]:
        """Those of these communes whose consent holds."""
        rows = list(session.scalars(select(WarnedRow).where(WarnedRow.commune.in_(communes))))
        granted = self._consents.granted([row.person for row in rows], WARNINGS)
        return [row for row in rows if row.person in granted]


def number_in(sealed: str, seal: Seal) -> str | None:
    """A number that is kept sealed; None where its key is gone."""
    try:
        return seal.open(sealed)
    except SealBroken:
        return None
