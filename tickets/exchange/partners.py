"""Agencies cases are exchanged with, and the key pairs with which this one signs."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from stores.audit import Audit, Deed
from stores.database import Database
from stores.sealing import Seal
from stores.standard_webhooks import NotTaken, Refusal, Signed, headers_of, read_public, sign_with, written
from tickets.exchange.tables import CaseRow, OwnKeyRow, PartnerRow

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
MOST_KEYS = 4
"""Of one partner: the present one, the next, and what was forgotten."""


class BadPartner(ValueError):
    """What is told of a partner cannot be used; the message names the field."""


class PartnerOff(Exception):
    """Signed by a partner that is switched off."""


@dataclass(frozen=True, slots=True)
class Partner:
    """An agency cases are exchanged with."""

    code: str
    name: str
    address: str
    """Of its API, without a slash at the end; empty: by files alone."""
    keys: tuple[str, ...]
    """Public keys (``whpk_…``), the newest first."""
    is_on: bool

    @property
    def has_line(self) -> bool:
        """Whether messages go by the API."""
        return bool(self.address)


def fingerprint(key: str) -> str:
    """Sixteen hexadecimal digits in groups, which two officers compare by telephone."""
    digits = sha256(read_public(key).public_bytes_raw()).hexdigest()[:16]
    return " ".join(digits[place : place + 4] for place in range(0, 16, 4))


def checked_address(address: str) -> str:
    """An address as it is kept.

    Raises:
        BadPartner: it is neither https nor on this machine.
    """
    address = address.strip().rstrip("/")
    if not address:
        return ""
    try:
        place = urlsplit(address)
        port = place.port
    except ValueError:
        raise BadPartner("address") from None
    fits = place.scheme == "https" or (place.scheme == "http" and place.hostname in _LOOPBACK)
    if not fits or not place.hostname or place.username or place.query or place.fragment or port == 0:
        raise BadPartner("address")
    return address


class Partners:
    """The partners of one installation; safe to share between threads and processes.

    Args:
        database: its tables are made.
        seal: hides our private keys.
        clock: the time.
        audit: where changes are noted.
    """

    def __init__(self, database: Database, seal: Seal, clock: Callable[[], datetime], audit: Audit) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock
        self._audit = audit

    def all(self) -> list[Partner]:
        """By name."""
        with self._database.reading() as session:
            return [_read(row) for row in session.scalars(select(PartnerRow).order_by(PartnerRow.name))]

    def get(self, code: str) -> Partner | None:
        """One; None where there is none of this code."""
        with self._database.reading() as session:
            row = session.get(PartnerRow, code)
            return _read(row) if row is not None else None

    def put(self, code: str, name: str, address: str, keys: Sequence[str], who: str) -> Partner:
        """Add a partner, or change one.

        Args:
            code: of the agency; what :data:`tickets.exchange.messages.AGENCY` takes.
            name: for people.
            address: https, http on this machine, or empty for one without a line.
            keys: public keys; none where only files without a signature come.
            who: changes it.

        Raises:
            BadPartner: something of it cannot be used.
        """
        address, name = checked_address(address), " ".join(name.split())
        kept = tuple(dict.fromkeys(key.strip() for key in keys if key.strip()))
        if not name or len(name) > 120:
            raise BadPartner("name")
        try:
            kept = tuple(written(read_public(key)) for key in kept)
        except ValueError:
            raise BadPartner("keys") from None
        if len(kept) > MOST_KEYS or (address and not kept):
            raise BadPartner("keys")
        own = {key.public for key in self._own()}
        with self._database.writing() as session:
            others = session.scalars(select(PartnerRow).where(PartnerRow.code != code))
            # One key is one agency: else one could speak as the other.
            if own & set(kept) or any(set(row.keys.split()) & set(kept) for row in others):
                raise BadPartner("keys")
            row = session.get(PartnerRow, code)
            if row is None:
                row = PartnerRow(code=code, is_on=True)
                session.add(row)
            row.name, row.url, row.keys, row.changed_at = name, address, "\n".join(kept), self._clock()
            marks = ", ".join(fingerprint(key) for key in kept) or "no key"
            self._audit.note_within(session, Deed.PARTNER_CHANGED, who, f"{code}: {marks}")
            return _read(row)

    def switch(self, code: str, on: bool, who: str) -> None:
        """Take a partner out of service, or back in; what waits for it stays.

        Raises:
            BadPartner: there is none.
        """
        with self._database.writing() as session:
            row = session.get(PartnerRow, code)
            if row is None:
                raise BadPartner("code")
            row.is_on, row.changed_at = on, self._clock()
            self._audit.note_within(session, Deed.PARTNER_CHANGED, who, f"{code}: {'on' if on else 'off'}")

    def remove(self, code: str, who: str) -> None:
        """Forget a partner with which no case is open: what comes from it is of nobody we know.

        Raises:
            BadPartner: there is none, or a case is open (``busy``).
        """
        with self._database.writing() as session:
            row = session.get(PartnerRow, code)
            if row is None:
                raise BadPartner("code")
            mine = (CaseRow.partner == code) & (CaseRow.ended_at.is_(None))
            recalled = (CaseRow.partner == code) & CaseRow.erased_at.is_not(None) & CaseRow.erased_there_at.is_(None)
            if session.scalar(select(CaseRow.id).where(mine | (recalled & (CaseRow.side == "sender"))).limit(1)):
                raise BadPartner("busy")
            session.delete(row)
            self._audit.note_within(session, Deed.PARTNER_CHANGED, who, f"{code}: removed")

    def who_signed(self, headers: Mapping[str, str], body: bytes) -> tuple[Partner, Signed]:
        """Which partner a request is of.

        Raises:
            NotTaken: of none, or not now.
            PartnerOff: of one that is switched off.
        """
        signed = Signed.read(headers)
        partner = self.signer(signed, body)
        signed.check_time(self._clock())
        return partner, signed

    def signer(self, signed: Signed, body: bytes) -> Partner:
        """Whose signature it is, whenever it was made: a file may be on its way for days.

        Raises:
            NotTaken: nobody's.
            PartnerOff: that of one who is switched off.
        """
        found = [one for one in self.all() if any(signed.is_of(read_public(key), body) for key in one.keys)]
        if not found:
            raise NotTaken(Refusal.UNSIGNED)
        if not found[0].is_on:
            raise PartnerOff(found[0].code)
        return found[0]

    def public_keys(self) -> list[str]:
        """Ours, the newest first; made at first use."""
        return [key.public for key in self._own()]

    def signatures(self, id: str, body: bytes) -> dict[str, str]:
        """The headers of a request: signed with each of our keys, so that a partner may know the old one or the new."""
        timestamp = int(self._clock().timestamp())
        return headers_of(id, timestamp, (sign_with(key.private, id, timestamp, body) for key in self._own()))

    def new_key(self, who: str) -> str:
        """Put a new key pair in front; the old one signs, too, until :meth:`drop_old`."""
        with self._database.writing() as session:
            made = self._make(session)
            self._audit.note_within(session, Deed.KEYS_CHANGED, who, f"exchange: new key {fingerprint(made.public)}")
        return made.public

    def drop_old(self, who: str) -> int:
        """Sign with the newest key alone; returns how many were dropped."""
        newest, *old = [key.public for key in self._own()]
        with self._database.writing() as session:
            session.execute(delete(OwnKeyRow).where(OwnKeyRow.public.in_(old)))
            self._audit.note_within(session, Deed.KEYS_CHANGED, who, f"exchange: only {fingerprint(newest)} is left")
        return len(old)

    def _own(self) -> list[_OwnKey]:
        query = select(OwnKeyRow).order_by(OwnKeyRow.made_at.desc(), OwnKeyRow.public)
        with self._database.reading() as session:
            rows = list(session.scalars(query))
        if not rows:
            with self._database.writing() as session:
                # Another process may have made the first meanwhile. SQLite has one writer; at worst PostgreSQL has two
                # then, and both sign.
                rows = list(session.scalars(query)) or [self._make(session)]
        return [_OwnKey(row.public, self._private(row)) for row in rows]

    def _make(self, session: Session) -> OwnKeyRow:
        private = Ed25519PrivateKey.generate()
        sealed = self._seal.close(base64.b64encode(private.private_bytes_raw()).decode())
        row = OwnKeyRow(public=written(private.public_key()), private=sealed, made_at=self._clock())
        session.add(row)
        session.flush()
        return row

    def _private(self, row: OwnKeyRow) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(self._seal.open(row.private)))


@dataclass(frozen=True, slots=True)
class _OwnKey:
    public: str
    private: Ed25519PrivateKey


def _read(row: PartnerRow) -> Partner:
    return Partner(row.code, row.name, row.url, tuple(row.keys.split()), row.is_on)
