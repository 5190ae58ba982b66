"""One-time codes, and boxes that become kiosks with them."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from centre.ids import new_id
from centre.kiosks import NoSuchKiosk, named, retire_row
from centre.tables import EnrolmentCodeRow, HourRow, KioskRow, UsageRow
from kiosk.protocol import codes
from kiosk.protocol.keys import Keys, PublicKeys
from kiosk.protocol.messages import Enrolled, Enrolment
from runtime.messages import Message
from stores.audit import Audit, Deed
from stores.database import Database
from stores.sealing import Seal

CODE_LIFE: Final = timedelta(hours=24)
LONGEST_NAME: Final = 60


class NotEnrolled(Exception):
    """The code is unknown, used up or too old, or the proof is wrong; which of them is not said."""


class NameTaken(ValueError):
    """A kiosk, or an open code, has this name."""


class Enrolling:
    """Safe to share between threads and processes.

    Args:
        database: of the centre.
        seal: hides what codes prove with.
        keys: of the centre.
        clock: the time, with zone.
        audit: where it is noted which key became a kiosk, and whose place it took.
    """

    def __init__(self, database: Database, seal: Seal, keys: Keys, clock: Callable[[], datetime], audit: Audit) -> None:
        self._database = database
        self._seal = seal
        self._keys = keys
        self._clock = clock
        self._audit = audit

    def new_code(self, name: str) -> str:
        """A code for one box; it is shown once, here.

        Raises:
            NameTaken: choose another name.
            ValueError: the name is empty or too long.
        """
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME:
            raise ValueError(Message("a kiosk's name has 1 to {longest} letters", longest=LONGEST_NAME))
        with self._database.writing() as session:
            self._drop_codes(session, name)
            if session.scalar(select(KioskRow.id).where(KioskRow.name == name)):
                raise NameTaken(Message("there is a kiosk “{name}” already", name=name))
            return self._code(session, name)

    def code_to_replace(self, name: str, officer: str, channel: str) -> str:
        """A code for a spare box that takes the place of a kiosk: its name, which dossiers it keeps, its history.

        From this moment on the old box' key is dead, whether or not the spare ever comes: the old box hears that it is
        shut out and erases the dossiers it holds. Asked again, the code before is void. Unblocking the old box ends it.

        Args:
            name: of the kiosk, or its id.
            officer: whose word it is, for the audit log.
            channel: where from, for the audit log.

        Raises:
            NoSuchKiosk: there is none.
        """
        with self._database.writing() as session:
            old = named(session, name)
            old.blocked_at = old.blocked_at or self._clock()
            self._drop_codes(session, old.name)
            key = PublicKeys.from_text(old.public).fingerprint
            self._audit.note_within(
                session, Deed.KIOSK_REPLACED, officer, f"kiosk {old.id}: block, key {key}, a spare is to come", channel
            )
            return self._code(session, old.name, old.id)

    def _drop_codes(self, session: Session, name: str) -> None:
        """A second code for the same name takes the place of the first, which may be lost."""
        session.execute(delete(EnrolmentCodeRow).where(EnrolmentCodeRow.expires_at < self._clock()))
        open_code = (EnrolmentCodeRow.name == name) & EnrolmentCodeRow.kiosk.is_(None)
        session.execute(delete(EnrolmentCodeRow).where(open_code))

    def _code(self, session: Session, name: str, replaces: str | None = None) -> str:
        code = codes.new_code()
        key = codes.code_key(code)
        session.add(
            EnrolmentCodeRow(
                lookup=codes.lookup(key),
                name=name,
                sealed_key=self._seal.close(key.hex()),
                expires_at=self._clock() + CODE_LIFE,
                replaces=replaces,
            )
        )
        return code

    def enrol(self, asked: Enrolment) -> Enrolled:
        """Make a box a kiosk; asked again by the same box, the same answer.

        Raises:
            NotEnrolled: it is not.
        """
        try:
            box = PublicKeys.from_text(asked.public)
            with self._database.reading() as session:
                # Before the lock to write, which a stranger must not keep busy.
                if session.get(EnrolmentCodeRow, asked.lookup) is None:
                    raise NotEnrolled
            with self._database.writing() as session:
                row = session.get(EnrolmentCodeRow, asked.lookup)
                if row is None or row.expires_at < self._clock():
                    raise NotEnrolled
                key = bytes.fromhex(self._seal.open(row.sealed_key))
                if not hmac.compare_digest(codes.box_proof(key, box), asked.proof):
                    raise NotEnrolled
                if row.kiosk is None:
                    # Before the new one, which takes its name.
                    old = self._make_room(session, row.replaces) if row.replaces is not None else None
                    kiosk = KioskRow(
                        id=new_id(),
                        name=row.name,
                        public=box.text,
                        enrolled_at=self._clock(),
                        sequence=0,
                        state="{}",
                        clock_off=0.0,
                        agencies=old.agencies if old is not None else "",
                        commune=old.commune if old is not None else "",
                    )
                    session.add(kiosk)
                    session.flush()
                    row.kiosk = kiosk.id
                    self._hand_over(session, kiosk, box, row.replaces)
                else:
                    known = session.get(KioskRow, row.kiosk)
                    if known is None or known.public != box.text or known.blocked_at is not None:
                        raise NotEnrolled
                    kiosk = known
                id, name = kiosk.id, kiosk.name
        except (ValueError, IntegrityError, NoSuchKiosk):
            raise NotEnrolled from None
        return Enrolled(
            kiosk=id,
            name=name,
            public=self._keys.public.text,
            proof=codes.centre_proof(key, box, self._keys.public, id, name),
            time=self._clock().timestamp(),
        )

    def _make_room(self, session: Session, replaced: str) -> KioskRow:
        """Take the old kiosk off the list."""
        old = named(session, replaced)
        if old.blocked_at is None:
            # It was found again and let in: nobody takes its place.
            raise NotEnrolled
        retire_row(old, self._clock())
        session.flush()
        return old

    def _hand_over(self, session: Session, kiosk: KioskRow, box: PublicKeys, replaced: str | None) -> None:
        """History and counts go with the place, and the audit log says which key is whose now."""
        if replaced is not None:
            for table in (HourRow, UsageRow):
                session.execute(update(table).where(table.kiosk == replaced).values(kiosk=kiosk.id))
        place = f", in the place of {replaced}" if replaced is not None else ""
        self._audit.note_within(
            session, Deed.KIOSK_ENROLLED, f"kiosk {kiosk.id}", f"key {box.fingerprint}{place}", "kiosk"
        )
