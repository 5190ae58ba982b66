"""The kiosks of this centre: who they are, how they are, and whether they may come in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import ValidationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from centre.health_history import note_hour
from centre.snapshots import number_anew
from centre.tables import KioskRow
from kiosk.protocol.keys import BadSignature, PublicKeys
from kiosk.protocol.messages import State
from kiosk.protocol.signing import Claim, check_request
from language.communes.register import communes
from runtime.messages import Message
from stores.database import Database

AGENCY: Final = re.compile(r"[A-Z]\d{2}(\.[A-Z0-9]{2,3}){0,4}")
SILENT: Final = timedelta(hours=24)
"""A day without a word: somebody should look. A hall may switch its box off at night."""
BOOTS: Final = 20
"""Runs of a machine that are remembered."""


class NoSuchKiosk(LookupError):
    """No kiosk has this id or name."""


class Door(StrEnum):
    """Whether a signed request comes in."""

    OPEN = "open"
    BLOCKED = "blocked"
    REPLAYED = "replayed"


@dataclass(frozen=True, slots=True)
class Kiosk:
    """One kiosk."""

    id: str
    name: str
    public: PublicKeys
    enrolled_at: datetime
    blocked_at: datetime | None
    heard_at: datetime | None
    state: State
    clock_off: float
    copied_at: datetime | None
    """When two machines were last found to speak as this kiosk."""
    agencies: tuple[str, ...] = ()
    """Whose dossiers it may keep without a line, by beginnings of agency codes; empty: all there are."""
    commune: str = ""
    """Code of the commune it stands in; empty: nobody said."""

    def is_silent(self, now: datetime) -> bool:
        """Whether nothing was heard of it for :data:`SILENT`, and should have been."""
        return self.blocked_at is None and now - (self.heard_at or self.enrolled_at) >= SILENT


@dataclass(frozen=True, slots=True)
class Standing:
    """The fleet in figures."""

    heard: int
    """In the last day."""
    silent: int
    blocked: int
    refusing: int
    """Could not run a bundle newer than the one they use."""


class Kiosks:
    """Safe to share between threads and processes.

    Args:
        database: of the centre.
        clock: the time, with zone.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def come_in(self, claim: Claim, method: str, target: str, body: bytes) -> tuple[Kiosk, Door]:
        """Who asks, and whether they may. A request is taken once, whatever process it reaches.

        Raises:
            BadSignature: no kiosk of ours has signed this.
        """
        with self._database.reading() as session:
            row = session.get(KioskRow, claim.kiosk)
        if row is None:
            raise BadSignature("no kiosk of ours")
        kiosk = _kiosk(row)
        check_request(kiosk.public, claim, method, target, body)
        if kiosk.blocked_at is not None:
            return kiosk, Door.BLOCKED
        newer = (KioskRow.id == claim.kiosk) & (KioskRow.sequence < claim.sequence)
        with self._database.writing() as session:
            taken = session.execute(
                update(KioskRow).where(newer).values(sequence=claim.sequence).returning(KioskRow.id)
            ).all()
        return kiosk, Door.OPEN if taken else Door.REPLAYED

    def last_sequence(self, kiosk: Kiosk) -> int:
        """The last request of a kiosk that was taken."""
        with self._database.reading() as session:
            return session.scalar(select(KioskRow.sequence).where(KioskRow.id == kiosk.id)) or 0

    def heard(self, kiosk: Kiosk, state: State) -> None:
        """A kiosk has said how it is."""
        now = self._clock()
        with self._database.writing() as session:
            row = session.get_one(KioskRow, kiosk.id, with_for_update=True)
            row.heard_at, row.state = now, state.to_bytes().decode()
            row.clock_off = state.clock - now.timestamp() if state.clock else 0.0
            *earlier, latest = row.boots.split()[-BOOTS:] or [""]
            if state.boot and state.boot != latest:
                # A machine never comes back to an earlier run of it: two machines take turns.
                row.copied_at = now if state.boot in earlier else row.copied_at
                row.boots = " ".join([*earlier, latest, state.boot])
            note_hour(session, kiosk.id, state, now)

    def all(self) -> list[Kiosk]:
        """By name, without those taken off the list."""
        query = select(KioskRow).where(KioskRow.retired_at.is_(None)).order_by(KioskRow.name)
        with self._database.reading() as session:
            return [_kiosk(row) for row in session.scalars(query)]

    def get(self, id: str) -> Kiosk:
        """By id. Raises :class:`NoSuchKiosk`."""
        with self._database.reading() as session:
            row = session.get(KioskRow, id)
        if row is None or row.retired_at is not None:
            raise NoSuchKiosk(id)
        return _kiosk(row)

    def find(self, name: str) -> Kiosk:
        """By name or id. Raises :class:`NoSuchKiosk`."""
        with self._database.reading() as session:
            return _kiosk(named(session, name))

    def highest_bundle(self) -> int:
        """The highest number of a bundle that any kiosk has used or refused."""
        return max((max(one.state.bundle, one.state.refused) for one in self.all()), default=0)

    def standing(self) -> Standing:
        """How many boxes were heard, are silent, are shut out, or refuse a bundle."""
        now, every = self._clock(), self.all()
        silent, blocked = sum(one.is_silent(now) for one in every), sum(one.blocked_at is not None for one in every)
        return Standing(
            heard=len(every) - silent - blocked,
            silent=silent,
            blocked=blocked,
            refusing=sum(one.blocked_at is None and one.state.refused > one.state.bundle for one in every),
        )

    def block(self, name: str) -> Kiosk:
        """Shut a kiosk out, by name or id. Raises :class:`NoSuchKiosk`."""
        return self._set_blocked(name, self._clock())

    def unblock(self, name: str) -> Kiosk:
        """Let a kiosk in again. Raises :class:`NoSuchKiosk`."""
        return self._set_blocked(name, None)

    def keep_only(self, name: str, agencies: Sequence[str]) -> None:
        """From now on a kiosk may keep only the dossiers of these agencies; what it holds of others goes with its next
        synchronisation. None: all again.

        Raises:
            NoSuchKiosk: there is none.
            ValueError: one is no beginning of an agency's code.
        """
        for agency in agencies:
            if not AGENCY.fullmatch(agency):
                raise ValueError(
                    Message("{agency} is no beginning of an agency's code, such as H15.50.05.21", agency=agency)
                )
        with self._database.writing() as session:
            named(session, name).agencies = " ".join(agencies)
            number_anew(session, self._clock())

    def place(self, name: str, commune: str) -> None:
        """Say in which commune a kiosk stands, by name or id; empty: nobody knows.

        Raises:
            NoSuchKiosk: there is none.
            ValueError: no commune has this code.
        """
        if commune and commune not in communes():
            raise ValueError(Message("no commune has this code"))
        with self._database.writing() as session:
            named(session, name).commune = commune

    def retire(self, name: str) -> Kiosk:
        """Shut a kiosk out for good and take it off the list, by name or id; another box may have its name then.

        Raises:
            NoSuchKiosk: there is none.
        """
        with self._database.writing() as session:
            row = named(session, name)
            retire_row(row, self._clock())
            return _kiosk(row)

    def _set_blocked(self, name: str, at: datetime | None) -> Kiosk:
        with self._database.writing() as session:
            row = named(session, name)
            row.blocked_at = at
            return _kiosk(row)


def retire_row(row: KioskRow, now: datetime) -> None:
    """See :meth:`Kiosks.retire`. The row is kept, so that the box still hears that it is shut out and erases what it
    holds."""
    row.blocked_at = row.blocked_at or now
    row.retired_at, row.name = now, f"{row.name} ({row.id})"


def named(session: Session, name: str) -> KioskRow:
    """A kiosk on the list, by name or id. Raises :class:`NoSuchKiosk`."""
    chosen = ((KioskRow.name == name) | (KioskRow.id == name)) & KioskRow.retired_at.is_(None)
    row = session.scalar(select(KioskRow).where(chosen))
    if row is None:
        raise NoSuchKiosk(name)
    return row


def _kiosk(row: KioskRow) -> Kiosk:
    try:
        state = State.from_bytes(row.state.encode())
    except ValidationError:
        # Written by another version of the program: it will say how it is again.
        state = State()
    return Kiosk(
        id=row.id,
        name=row.name,
        public=PublicKeys.from_text(row.public),
        enrolled_at=row.enrolled_at,
        blocked_at=row.blocked_at,
        heard_at=row.heard_at,
        state=state,
        clock_off=row.clock_off,
        copied_at=row.copied_at,
        agencies=tuple(row.agencies.split()),
        commune=row.commune,
    )
