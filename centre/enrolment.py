"""One-time codes, and boxes that become kiosks with them."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from centre.tables import EnrolmentCodeRow, KioskRow
from kiosk.protocol import codes
from kiosk.protocol.keys import Keys, PublicKeys
from kiosk.protocol.messages import Enrolled, Enrolment
from stores.database import Database
from stores.sealing import Seal

CODE_LIFE: Final = timedelta(hours=24)
LONGEST_NAME: Final = 60

_LETTERS: Final = "abcdefghjkmnpqrstvwxyz"
"""Ids without digits: logs take rows of digits for personal numbers and hide them."""


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
    """

    def __init__(self, database: Database, seal: Seal, keys: Keys, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._seal = seal
        self._keys = keys
        self._clock = clock

    def new_code(self, name: str) -> str:
        """A code for one box; it is shown once, here.

        Raises:
            NameTaken: choose another name.
            ValueError: the name is empty or too long.
        """
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME:
            raise ValueError(f"a kiosk's name has 1 to {LONGEST_NAME} letters")
        code, now = codes.new_code(), self._clock()
        key = codes.code_key(code)
        with self._database.writing() as session:
            session.execute(delete(EnrolmentCodeRow).where(EnrolmentCodeRow.expires_at < now))
            open_code = (EnrolmentCodeRow.name == name) & EnrolmentCodeRow.kiosk.is_(None)
            # A second code for the same name takes the place of the first, which may be lost.
            session.execute(delete(EnrolmentCodeRow).where(open_code))
            if session.scalar(select(KioskRow.id).where(KioskRow.name == name)):
                raise NameTaken(f"there is a kiosk “{name}” already")
            session.add(
                EnrolmentCodeRow(
                    lookup=codes.lookup(key),
                    name=name,
                    sealed_key=self._seal.close(key.hex()),
                    expires_at=now + CODE_LIFE,
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
                    kiosk = KioskRow(
                        id="".join(secrets.choice(_LETTERS) for _ in range(12)),
                        name=row.name,
                        public=box.text,
                        enrolled_at=self._clock(),
                        sequence=0,
                        state="{}",
                        clock_off=0.0,
                    )
                    session.add(kiosk)
                    session.flush()
                    row.kiosk = kiosk.id
                else:
                    known = session.get(KioskRow, row.kiosk)
                    if known is None or known.public != box.text or known.blocked_at is not None:
                        raise NotEnrolled
                    kiosk = known
                id, name = kiosk.id, kiosk.name
        except (ValueError, IntegrityError):
            raise NotEnrolled from None
        return Enrolled(
            kiosk=id,
            name=name,
            public=self._keys.public.text,
            proof=codes.centre_proof(key, box, self._keys.public, id, name),
            time=self._clock().timestamp(),
        )
