"""Officers whose accounts are kept elsewhere: known by the provider's subject, with the duties it says."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, select

from centre.officers import Officers
from centre.provider import Identity
from centre.tables import OfficerRow, SessionRow
from stores.audit import Deed
from stores.database import Database
from stores.sealing import Seal

NO_PASSWORD: Final = ""
"""What is kept instead of a password's hash: no password fits it."""


class NameTaken(Exception):
    """An officer with a password kept here, or another account of the provider, has this name already."""


class NothingToDo(Exception):
    """The provider gives this account no duty here; whatever it held here is over."""


class ProviderAccounts:
    """Safe to share between threads and processes.

    Args:
        database: of the centre.
        seal: hashes subjects.
        officers: begins sessions.
    """

    def __init__(self, database: Database, seal: Seal, officers: Officers) -> None:
        self._database = database
        self._seal = seal
        self._officers = officers

    def sign_in(self, issuer: str, identity: Identity) -> str | None:
        """The token of a new session; None where somebody sent the officer away at this moment.

        A name is no proof: who may write names at the provider could take an officer's place here. So an account is
        known by its subject, and a name that is taken stays with whoever has it.

        Raises:
            NameTaken: an officer of this name is somebody else.
            NothingToDo: no duty is left.
        """
        subject = self._hash(issuer, identity.subject)
        may = " ".join(sorted(identity.may))
        with self._database.writing() as session:
            row = session.scalars(select(OfficerRow).where(OfficerRow.subject == subject)).one_or_none()
            name, before = (row.name, row.may) if row is not None else (identity.name, None)
            taken = row is None and session.get(OfficerRow, identity.name) is not None
            if row is not None and not may:
                session.execute(delete(SessionRow).where(SessionRow.officer == name))
                session.delete(row)
            elif row is not None:
                row.may = may
            elif may and not taken:
                session.add(OfficerRow(name=name, password=NO_PASSWORD, may=may, subject=subject))
        if not may:
            self._officers.note(Deed.SIGN_IN_REFUSED, name if before is not None else "unknown", "provider: no duty")
            raise NothingToDo
        if taken:
            self._officers.note(Deed.SIGN_IN_REFUSED, "unknown", "provider: name taken")
            raise NameTaken
        if before != may:
            self._officers.note(Deed.OFFICER_CHANGED, name, f"provider: {may}")
        return self._officers.begin_session(name, "provider")

    def end_sessions(self, issuer: str, subject: str) -> None:
        """The provider says that somebody has signed out there, or was shut out: nothing of theirs stays open here."""
        with self._database.writing() as session:
            query = select(OfficerRow.name).where(OfficerRow.subject == self._hash(issuer, subject))
            name = session.scalars(query).one_or_none()
            if name is None:
                return
            session.execute(delete(SessionRow).where(SessionRow.officer == name))
        self._officers.note(Deed.SIGNED_OUT, name, "provider")

    def _hash(self, issuer: str, subject: str) -> str:
        return self._seal.hash("centre-subject", f"{issuer} {subject}")
