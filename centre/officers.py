"""Officers who may sign in to the centre."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from werkzeug.security import check_password_hash, generate_password_hash

from centre.tables import OfficerRow, SessionRow
from stores.database import Database
from stores.sealing import Seal

SESSION_FOR: Final = timedelta(hours=10)
"""A working day; then the password is asked for again."""
TRIES: Final = 5
LOCKED_FOR: Final = timedelta(minutes=5)
SHORTEST: Final = 10

_NOBODY: Final = generate_password_hash(secrets.token_hex(16), method="scrypt")
"""Checked for unknown names, so that they take as long as known ones."""


class Officers:
    """Safe to share between threads and processes.

    Args:
        database: of the centre.
        seal: hashes the tokens of sessions.
        clock: the time, with zone.
    """

    def __init__(self, database: Database, seal: Seal, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    def set(self, name: str, password: str) -> None:
        """Add an officer, or give one another password, which ends every session of theirs.

        Raises:
            ValueError: the password is too short, or the name empty.
        """
        if not name.strip() or len(password) < SHORTEST:
            raise ValueError(f"an officer has a name and a password of at least {SHORTEST} signs")
        hashed = generate_password_hash(password, method="scrypt")
        with self._database.writing() as session:
            session.merge(OfficerRow(name=name.strip(), password=hashed, wrong=0, locked_until=None))
            session.execute(delete(SessionRow).where(SessionRow.officer == name.strip()))

    def remove(self, name: str) -> bool:
        """Take an officer's access away at once; whether there was one."""
        with self._database.writing() as session:
            session.execute(delete(SessionRow).where(SessionRow.officer == name))
            return bool(
                session.execute(delete(OfficerRow).where(OfficerRow.name == name).returning(OfficerRow.name)).all()
            )

    def names(self) -> list[str]:
        """All of them."""
        with self._database.reading() as session:
            return list(session.scalars(select(OfficerRow.name).order_by(OfficerRow.name)))

    def sign_in(self, name: str, password: str) -> str | None:
        """The token of a new session; None for a wrong name or password, or after too many of them."""
        now = self._clock()
        with self._database.reading() as session:
            row = session.get(OfficerRow, name.strip())
        right = check_password_hash(row.password if row else _NOBODY, password)
        if row is None or (row.locked_until is not None and row.locked_until > now):
            return None
        token = secrets.token_urlsafe(32)
        with self._database.writing() as session:
            # Read again under the lock: guesses made at once must not be counted as one.
            row = session.get(OfficerRow, row.name, with_for_update=True)
            if row is None:
                return None
            if not right:
                row.wrong += 1
                if row.wrong >= TRIES:
                    row.wrong, row.locked_until = 0, now + LOCKED_FOR
                return None
            row.wrong, row.locked_until = 0, None
            session.execute(delete(SessionRow).where(SessionRow.expires_at < now))
            session.add(SessionRow(token=self._hash(token), officer=row.name, expires_at=now + SESSION_FOR))
        return token

    def who(self, token: str) -> str | None:
        """The officer of a session that still holds."""
        with self._database.reading() as session:
            row = session.get(SessionRow, self._hash(token))
        return row.officer if row is not None and row.expires_at > self._clock() else None

    def sign_out(self, token: str) -> None:
        """End a session."""
        with self._database.writing() as session:
            session.execute(delete(SessionRow).where(SessionRow.token == self._hash(token)))

    def form_key(self, token: str) -> str:
        """What forms of this session carry, so that no other site can send them."""
        return self._seal.hash("centre-form", token)

    def _hash(self, token: str) -> str:
        return self._seal.hash("centre-session", token)
