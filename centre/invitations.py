"""One-time links with which people become officers: the first one of a new installation, and those others invite.

Nobody ever knows the password of another: whoever opens the link sets it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select

from centre.officers import EVERYTHING, Duty, Officers
from centre.tables import InvitationRow, OfficerRow
from stores.database import Database
from stores.sealing import Seal

VALID_FOR: Final = timedelta(days=3)
LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that still holds."""

    name: str
    """Who it is for; empty for the first officer, who chooses a name."""
    may: frozenset[Duty]
    expires_at: datetime


class Invitations:
    """Safe to share between threads and processes.

    Args:
        database: of the centre.
        seal: hashes the keys of links.
        officers: those who may sign in already.
        clock: the time, with zone.
    """

    def __init__(self, database: Database, seal: Seal, officers: Officers, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._seal = seal
        self._officers = officers
        self._clock = clock

    def first(self) -> str | None:
        """The key of a link for the first officer, in place of any made before; None once there is one."""
        with self._database.writing() as session:
            if session.scalar(select(func.count()).select_from(OfficerRow)):
                return None
            session.execute(delete(InvitationRow).where(InvitationRow.name == ""))
            key = secrets.token_urlsafe(24)
            session.add(self._row(key, "", EVERYTHING))
        return key

    def invite(self, name: str, may: Collection[Duty]) -> str:
        """The key of a link for a new officer, or for one who has forgotten the password.

        Raises:
            ValueError: no name, or nothing to do.
        """
        name = " ".join(name.replace("\0", "").split())
        if not name or len(name) > LONGEST_NAME or not may:
            raise ValueError("an officer has a name and something to do")
        key = secrets.token_urlsafe(24)
        with self._database.writing() as session:
            session.execute(
                delete(InvitationRow).where(
                    (InvitationRow.name == name)
                    | (InvitationRow.expires_at < self._clock()) & (InvitationRow.name != "")
                )
            )
            session.add(self._row(key, name, may))
        return key

    def open(self, key: str) -> Invitation | None:
        """What a key stands for; None when it is unknown, used up or too old."""
        with self._database.reading() as session:
            row = session.get(InvitationRow, self._hash(key))
            if row is None or row.expires_at < self._clock():
                return None
            if not row.name and session.scalar(select(func.count()).select_from(OfficerRow)):
                return None
        return Invitation(row.name, frozenset(Duty(word) for word in row.may.split()), row.expires_at)

    def accept(self, key: str, name: str, password: str) -> str | None:
        """Make an officer; their name, None when the link holds no more.

        Args:
            key: of the link; it is used up when this succeeds.
            name: chosen by the first officer; of no account for others.
            password: at least ten signs.

        Raises:
            ValueError: the password is too short, or the name empty.
        """
        found = self.open(key)
        if found is None:
            return None
        name = found.name or " ".join(name.split())[:LONGEST_NAME]
        self._officers.check(name, password)
        with self._database.writing() as session:
            # Whoever deletes the row has the link: two who open it at once do not both become officers.
            taken = session.execute(
                delete(InvitationRow).where(InvitationRow.key == self._hash(key)).returning(InvitationRow.key)
            ).all()
        if not taken:
            return None
        self._officers.set(name, password, found.may)
        return name

    def _row(self, key: str, name: str, may: Collection[Duty]) -> InvitationRow:
        expires_at = self._clock() + VALID_FOR
        return InvitationRow(key=self._hash(key), name=name, may=" ".join(sorted(may)), expires_at=expires_at)

    def _hash(self, key: str) -> str:
        return self._seal.hash("centre-invitation", key)
