"""A key for each person and each ticket, under which what is theirs stands in backups (crypto-shredding).

The keys stand in the database and never in a backup. An erasure destroys the person's key: in every backup made before,
wherever it lies, the rows of that person open with nothing any more. What the running system works with is not sealed
with them; there an erasure deletes (docs/decisions/0056-shredded-backups.md).
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Text, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from runtime import durable
from runtime.messages import Message
from stores.database import Base, Database
from stores.sealing import Seal, SealBroken

BATCH = 500
_NONCE_BYTES = 12


class CopyKeyRow(Base):
    """One key."""

    __tablename__ = "copy_keys"

    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    """Keyed hash of whose rows it seals."""
    token: Mapped[str] = mapped_column(Text, unique=True)
    """Random; names the key in backups, where the hash would name the person."""
    sealed: Mapped[str] = mapped_column(Text)
    """The key."""


@dataclass(frozen=True, slots=True)
class CopyKey:
    """A key, read."""

    subject: str
    token: str
    key: bytes

    def close(self, content: bytes) -> bytes:
        """Seal a row; the token is sealed with it, so that no row can be handed to another person."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, content, self.token.encode())

    def open(self, sealed: bytes) -> bytes:
        """What :meth:`close` was given.

        Raises:
            SealBroken: it was changed, or is another's.
        """
        try:
            return AESGCM(self.key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self.token.encode())
        except (InvalidTag, ValueError):
            raise SealBroken(Message("a person's row in the backup was changed")) from None


class CopyKeys:
    """The keys of an installation; safe to share between threads. Raises SQLAlchemy's errors when the database is away.

    Args:
        database: its tables are made.
        seal: hides the keys, and whose they are.
    """

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    def subject(self, kind: str, *names: str) -> str:
        """Whose rows they are, as it stands beside a key: ``subject("person", keyed_hash)``."""
        return self._seal.hash("copied apart", "\x00".join((kind, *names)))

    def destroy_within(self, session: Session, kind: str, *names: str) -> None:
        """Destroy a key in the transaction that deletes what it was for; none there is as well."""
        session.execute(delete(CopyKeyRow).where(CopyKeyRow.subject == self.subject(kind, *names)))

    def make(self, subjects: Collection[str]) -> None:
        """Make the keys that are missing, and destroy those of whom nothing is kept any more.

        Args:
            subjects: everybody something is kept of.
        """
        with self._database.reading() as session:
            known = set(session.scalars(select(CopyKeyRow.subject)))
        gone, missing = sorted(known - set(subjects)), sorted(set(subjects) - known)
        for start in range(0, len(gone), BATCH):
            with self._database.writing() as session:
                session.execute(delete(CopyKeyRow).where(CopyKeyRow.subject.in_(gone[start : start + BATCH])))
        for start in range(0, len(missing), BATCH):
            rows = [self._row(CopyKey(one, secrets.token_hex(16), AESGCM.generate_key(256))) for one in missing[start:]]
            with self._database.writing() as session:
                session.execute(insert(CopyKeyRow), rows[:BATCH])

    def all(self) -> dict[str, CopyKey]:
        """Every key, by its subject."""
        with self._database.reading() as session:
            rows = session.execute(select(CopyKeyRow.subject, CopyKeyRow.token, CopyKeyRow.sealed)).all()
        return {
            row.subject: CopyKey(row.subject, row.token, bytes.fromhex(self._seal.open(row.sealed))) for row in rows
        }

    def put_back(self, keys: Iterable[CopyKey]) -> None:
        """Have these keys, and no others."""
        rows = [self._row(key) for key in keys]
        with self._database.writing() as session:
            session.execute(delete(CopyKeyRow))
            if rows:
                session.execute(insert(CopyKeyRow), rows)

    def _row(self, key: CopyKey) -> dict[str, str]:
        return {"subject": key.subject, "token": key.token, "sealed": self._seal.close(key.key.hex())}


def write_file(path: Path, keys: Mapping[str, CopyKey], seal: Seal) -> None:
    """Write keys into a file, in place of what is there: whoever keeps an older one keeps keys that are destroyed.

    Raises:
        OSError: it cannot be written; the one before is untouched.
    """
    content = json.dumps([[one.subject, one.token, one.key.hex()] for one in keys.values()])
    durable.write(path, _fernet(seal).encrypt(content.encode()))


def read_file(path: Path, seal: Seal) -> dict[str, CopyKey]:
    """What :func:`write_file` wrote.

    Raises:
        OSError: it cannot be read.
        SealBroken: it belongs to an installation with another secret, or was cut.
    """
    try:
        found = json.loads(_fernet(seal).decrypt(path.read_bytes()))
    except (InvalidToken, ValueError):
        raise SealBroken(Message("it was made with another secret, or was cut")) from None
    return {subject: CopyKey(subject, token, bytes.fromhex(key)) for subject, token, key in found}


def _fernet(seal: Seal) -> Fernet:
    # Not with the keys that rotate: the file outlives a rotation.
    return Fernet(base64.urlsafe_b64encode(seal.key("keys of copies")))
