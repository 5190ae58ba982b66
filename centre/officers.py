"""Officers who may sign in to the centre."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from centre import second_factor
from centre.common_passwords import is_guessable
from centre.tables import OfficerRow, SessionRow
from runtime.messages import Message
from stores.audit import Audit, Deed
from stores.database import Database
from stores.sealing import Seal, SealBroken
from stores.signing import Signature

SESSION_FOR: Final = timedelta(hours=10)
"""A working day; then the password is asked for again."""
IDLE_FOR: Final = timedelta(hours=1)
"""A screen nobody has touched for so long signs off."""
_RENEW: Final = timedelta(minutes=5)
"""How often a page that is used moves the end on: not with every request."""
SHORTEST: Final = 10
_ID: Final = 16
"""Letters of a session's keyed hash that name it."""

_AT_ONCE: Final = threading.BoundedSemaphore(2)
"""Passwords of this process that are checked at a time: each takes 60 ms and 32 MB, and text messages must go on."""

_NOBODY: Final = generate_password_hash(secrets.token_hex(16), method="scrypt")
"""Checked for unknown names, so that they take as long as known ones."""


class Duty(StrEnum):
    """What an officer may be given to do."""

    KIOSKS = "kiosks"
    """See how kiosks are, enrol them, shut them out."""
    TICKETS = "tickets"
    """Read what citizens asked for, and work on it."""
    CATALOGUE = "catalogue"
    """Correct what citizens are told, approve what a colleague corrected, teach what was not understood."""
    WARNINGS = "warnings"
    """Warn people of danger, and keep the register of who is warned where."""
    OFFICERS = "officers"
    """Invite officers, give them duties, take their access away."""


EVERYTHING: Final = frozenset(Duty)


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who may sign in."""

    name: str
    may: frozenset[Duty]
    has_second_factor: bool = False
    from_provider: bool = False
    """Whether the account, its password and its duties are kept by the OpenID provider."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One sign-in of an officer that still holds."""

    id: str
    """Names it in forms; of no use for signing in."""
    began_at: datetime | None
    """None for one from before moments were kept."""
    expires_at: datetime
    is_this: bool
    """Whether it is the one that asks."""


class Busy(Exception):
    """Too many passwords are being checked at the moment; try again in seconds."""


class CodeWanted(Exception):
    """The password is right, and the code of the second factor is missing or wrong."""

    def __init__(self, officer: str) -> None:
        super().__init__("a code is wanted")
        self.officer = officer
        """The name as it is kept: codes are counted by it, which only whoever has the password can use up."""


class LastOfThem(Exception):
    """Without this officer nobody could give duties any more; nothing was changed."""


class Officers:
    """Safe to share between threads and processes.

    Args:
        database: of the centre.
        seal: hashes the tokens of sessions, and signs their forms.
        clock: the time, with zone.
        audit: where sign-ins and changes are noted.
    """

    def __init__(
        self, database: Database, seal: Seal, clock: Callable[[], datetime], audit: Audit | None = None
    ) -> None:
        self._audit = audit
        self._known = Signature(seal, "centre-known-browser")
        self._database = database
        self._seal = seal
        self._forms = Signature(seal, "centre-form")
        self._clock = clock

    def set(self, name: str, password: str, may: Collection[Duty] | None = None) -> None:
        """Add an officer, or give one another password, which ends every session of theirs and their second factor.

        Args:
            name: what they sign in as.
            password: at least ten signs.
            may: their duties; None: as before, or all for a new one.

        Raises:
            ValueError: the password is too short, or the name empty, or nothing to do.
        """
        self.check(name, password)
        if may is not None and not may:
            raise ValueError(Message("an officer has something to do"))
        name, password = _plain(name).strip(), _plain(password)
        hashed = generate_password_hash(password, method="scrypt")
        with self._database.writing() as session:
            known = session.get(OfficerRow, name)
            duties = known.may if known is not None and may is None else " ".join(sorted(may or EVERYTHING))
            # Who may set a password here (by an invitation, or at the machine) may have lost the telephone, too.
            session.merge(OfficerRow(name=name, password=hashed, may=duties, totp=None, totp_used=None, recovery=""))
            session.execute(delete(SessionRow).where(SessionRow.officer == name))
        self.note(Deed.PASSWORD_SET, name)

    def note(self, deed: Deed, officer: str, what: str = "") -> None:
        """Note in the audit log what an officer did here, where there is one."""
        if self._audit is not None:
            self._audit.note(deed, officer, what, "centre")

    @staticmethod
    def check(name: str, password: str) -> None:
        """Raise ``ValueError`` when :meth:`set` would, for the name or the password."""
        if not _plain(name).strip() or len(_plain(password)) < SHORTEST:
            raise ValueError(
                Message("an officer has a name and a password of at least {shortest} signs", shortest=SHORTEST)
            )
        _refuse_guessable(name, password)

    def remove(self, name: str) -> bool:
        """Take an officer's access away at once; whether there was one."""
        name = _plain(name).strip()
        with self._database.writing() as session:
            session.execute(delete(SessionRow).where(SessionRow.officer == name))
            return bool(
                session.execute(delete(OfficerRow).where(OfficerRow.name == name).returning(OfficerRow.name)).all()
            )

    def all(self) -> list[Officer]:
        """By name."""
        with self._database.reading() as session:
            return [_officer(row) for row in session.scalars(select(OfficerRow).order_by(OfficerRow.name))]

    def sign_in(self, name: str, password: str, code: str = "") -> str | None:
        """The token of a new session; None for a wrong name or password.

        Args:
            name: as it was typed.
            password: as it was typed.
            code: of the app, or a recovery code; for officers with a second factor.

        How often somebody may try is counted by address, where the form is taken: counted by name, a stranger could
        lock an officer out.

        Raises:
            Busy: others are signing in, or somebody is guessing.
            CodeWanted: the password is right, the code is not.
        """
        known = self._with_right_password(name, password)
        if known is None:
            # A name that is nobody's may be a password typed into the wrong field.
            plain = _plain(name).strip()
            self.note(Deed.SIGN_IN_REFUSED, plain if plain in {one.name for one in self.all()} else "unknown")
            return None
        if not self._code_fits(known, code):
            self.note(Deed.SIGN_IN_REFUSED, known, "code")
            raise CodeWanted(known)
        return self.begin_session(known)

    def begin_session(self, name: str, by: str = "") -> str | None:
        """The token of a new session of somebody who has proven who they are; None where the officer has gone.

        Args:
            name: as it is kept.
            by: how it was proven, for the audit log; empty: with a password kept here.
        """
        now, token = self._clock(), secrets.token_urlsafe(32)
        with self._database.writing() as session:
            if session.get(OfficerRow, name) is None:
                return None
            session.execute(delete(SessionRow).where(SessionRow.expires_at < now))
            session.add(SessionRow(token=self._hash(token), officer=name, began_at=now, expires_at=now + IDLE_FOR))
        self.note(Deed.SIGNED_IN, name, by)
        return token

    def _with_right_password(self, name: str, password: str) -> str | None:
        """The officer's name as it is kept; None for a wrong password. Raises :class:`Busy`."""
        name, password = _plain(name).strip(), _plain(password)
        with self._database.reading() as session:
            row = session.get(OfficerRow, name)
        if not _AT_ONCE.acquire(blocking=False):
            raise Busy
        try:
            right = check_password_hash(row.password if row else _NOBODY, password)
        finally:
            _AT_ONCE.release()
        return row.name if row is not None and right else None

    def _code_fits(self, name: str, code: str) -> bool:
        """Whether the second factor, where there is one, was given; what was given counts as used."""
        with self._database.writing() as session:
            row = session.get(OfficerRow, name, with_for_update=True)
            if row is None or row.totp is None:
                return row is not None
            try:
                secret = self._seal.open(row.totp)
            except SealBroken:
                return False
            step = second_factor.step_of(secret, code, self._clock(), row.totp_used or 0)
            if step is not None:
                row.totp_used = step
                return True
            left, given = row.recovery.split(), self._recovery(name, code)
            row.recovery = " ".join(one for one in left if one != given)
            return given in left

    def turn_on_second_factor(self, token: str, secret: str, code: str) -> tuple[str, ...] | None:
        """Ask the officer of a session for a code from now on.

        Args:
            token: of the session.
            secret: what the app was given.
            code: what it shows, which proves that it has it.

        Returns:
            Recovery codes, told this once; None where the code does not fit.
        """
        officer = self.who(token)
        if officer is None or not second_factor.is_secret(secret):
            return None
        step = second_factor.step_of(secret, code, self._clock(), 0)
        if step is None:
            return None
        codes = second_factor.new_recovery_codes()
        hashed = " ".join(self._recovery(officer.name, one) for one in codes)
        values = {"totp": self._seal.close(secret), "totp_used": step, "recovery": hashed}
        with self._database.writing() as session:
            session.execute(update(OfficerRow).where(OfficerRow.name == officer.name).values(values))
            others = (SessionRow.officer == officer.name) & (SessionRow.token != self._hash(token))
            session.execute(delete(SessionRow).where(others))
        self.note(Deed.SECOND_FACTOR, officer.name, "on")
        return codes

    def turn_off_second_factor(self, token: str, password: str) -> bool:
        """Ask the officer of a session for no code any more; False when the password is wrong. Raises :class:`Busy`."""
        officer = self.who(token)
        if officer is None or self._with_right_password(officer.name, password) is None:
            return False
        return self.drop_second_factor(officer.name)

    def drop_second_factor(self, name: str) -> bool:
        """Take an officer's second factor away, whose telephone is lost; whether there is such an officer."""
        name = _plain(name).strip()
        values = {"totp": None, "totp_used": None, "recovery": ""}
        with self._database.writing() as session:
            known = session.execute(
                update(OfficerRow).where(OfficerRow.name == name).values(values).returning(OfficerRow.name)
            ).all()
        if known:
            self.note(Deed.SECOND_FACTOR, name, "off")
        return bool(known)

    def _recovery(self, name: str, code: str) -> str:
        return self._seal.hash("centre-recovery", f"{name} {second_factor.plain_recovery_code(code)}")

    def known_browser(self, name: str) -> str:
        """What a browser keeps in which this officer has signed in: it is not held up by strangers' wrong passwords."""
        return self._known.of(_plain(name).strip())

    def knows_browser(self, name: str, kept: str) -> bool:
        """Whether this officer has signed in with that browser."""
        return self._known.fits(_plain(name).strip(), kept)

    def forget_ended(self) -> int:
        """Delete sign-ins that are over; returns how many."""
        with self._database.writing() as session:
            over = delete(SessionRow).where(SessionRow.expires_at < self._clock()).returning(SessionRow.token)
            return len(session.execute(over).all())

    def give(self, name: str, may: Collection[Duty]) -> bool:
        """Give an officer other duties, which hold from their next page on; whether there is such an officer.

        Raises:
            ValueError: nothing to do.
            LastOfThem: nobody would be left to give duties.
        """
        if not may:
            raise ValueError(Message("an officer has something to do"))
        with self._database.writing() as session:
            row = session.get(OfficerRow, _plain(name).strip())
            if row is None:
                return False
            row.may = " ".join(sorted(may))
            session.flush()
            _somebody_is_left(session)
        self.note(Deed.OFFICER_CHANGED, _plain(name).strip(), " ".join(sorted(may)))
        return True

    def dismiss(self, name: str) -> bool:
        """:meth:`remove`, as another officer may do it. Raises :class:`LastOfThem`."""
        name = _plain(name).strip()
        with self._database.writing() as session:
            session.execute(delete(SessionRow).where(SessionRow.officer == name))
            gone = session.execute(delete(OfficerRow).where(OfficerRow.name == name).returning(OfficerRow.name)).all()
            _somebody_is_left(session)
            return bool(gone)

    def change_password(self, token: str, old: str, new: str) -> bool:
        """Give the officer of a session another password, which ends their other sessions.

        Returns:
            False when the old password is wrong, which counts as a wrong sign-in.

        Raises:
            Busy: others are signing in.
            ValueError: the new password is too short.
        """
        officer = self.who(token)
        if len(_plain(new)) < SHORTEST:
            raise ValueError(Message("a password has at least {shortest} signs", shortest=SHORTEST))
        _refuse_guessable(officer.name if officer else "", new)
        if officer is None or self._with_right_password(officer.name, old) is None:
            return False
        hashed = generate_password_hash(_plain(new), method="scrypt")
        with self._database.writing() as session:
            row = session.get(OfficerRow, officer.name)
            if row is None:
                return False
            row.password = hashed
            others = (SessionRow.officer == officer.name) & (SessionRow.token != self._hash(token))
            session.execute(delete(SessionRow).where(others))
        self.note(Deed.PASSWORD_SET, officer.name)
        return True

    def sessions(self, token: str) -> list[SignedIn]:
        """Where the officer of a session is signed in, the latest first."""
        officer, own = self.who(token), self._hash(token)
        if officer is None:
            return []
        holding = (SessionRow.officer == officer.name) & (SessionRow.expires_at > self._clock())
        with self._database.reading() as session:
            rows = session.scalars(select(SessionRow).where(holding).order_by(SessionRow.expires_at.desc()))
            return [SignedIn(row.token[:_ID], row.began_at, row.expires_at, row.token == own) for row in rows]

    def end_session(self, token: str, id: str) -> None:
        """End a session of the officer of ``token``, by its id; of nobody else's."""
        officer = self.who(token)
        if officer is None or len(id) != _ID:
            return
        one = (SessionRow.officer == officer.name) & (func.substr(SessionRow.token, 1, _ID) == id)
        with self._database.writing() as session:
            session.execute(delete(SessionRow).where(one))

    def who(self, token: str) -> Officer | None:
        """The officer of a session that still holds."""
        with self._database.reading() as session:
            found = session.execute(
                select(OfficerRow, SessionRow)
                .join(SessionRow, SessionRow.officer == OfficerRow.name)
                .where(SessionRow.token == self._hash(token))
            ).one_or_none()
        if found is None or found[1].expires_at <= self._clock():
            return None
        self._move_on(found[1])
        return _officer(found[0])

    def _move_on(self, row: SessionRow) -> None:
        """A page was asked for: an idle hour begins anew, up to the end of the working day."""
        now = self._clock()
        ends = min(now + IDLE_FOR, (row.began_at or now) + SESSION_FOR)
        if ends - row.expires_at < _RENEW:
            return
        with self._database.writing() as session:
            session.execute(update(SessionRow).where(SessionRow.token == row.token).values(expires_at=ends))

    def sign_out(self, token: str) -> None:
        """End a session."""
        officer = self.who(token)
        with self._database.writing() as session:
            session.execute(delete(SessionRow).where(SessionRow.token == self._hash(token)))
        if officer is not None:
            self.note(Deed.SIGNED_OUT, officer.name)

    def csrf_token(self, token: str) -> str:
        """What forms of this session carry, so that no other site can send them."""
        return self._forms.of(token)

    def is_csrf_token(self, token: str, given: str) -> bool:
        """Whether a form comes from a page of this session."""
        return self._forms.fits(token, given)

    def _hash(self, token: str) -> str:
        return self._seal.hash("centre-session", token)


def _refuse_guessable(name: str, password: str) -> None:
    if is_guessable(_plain(password), _plain(name)):
        raise ValueError(Message("this password is among the first that are guessed"))


def _somebody_is_left(session: Session) -> None:
    """Raise :class:`LastOfThem`, which rolls back, when no officer is left who may give duties."""
    if not any(Duty.OFFICERS in _officer(row).may for row in session.scalars(select(OfficerRow))):
        raise LastOfThem


def _officer(row: OfficerRow) -> Officer:
    may = frozenset(Duty(word) for word in row.may.split())
    return Officer(row.name, may, row.totp is not None, row.subject is not None)


def _plain(text: str) -> str:
    """Marks composed: telephones, computers and terminals write the same Vietnamese letter with other signs. No
    database takes a NUL.
    """
    return unicodedata.normalize("NFC", text).replace("\0", "")
