"""Who wants notices: a ledger of decisions, of which the newest holds.

Silence is no consent (law 91/2025/QH15, articles 9 and 10; decree 356/2025/NĐ-CP, article 6): nobody gets a
notice who did not ask for it. Each row tells channel, purpose, manner, wording and time, so that a consent can
be proven. Kept under the keyed hash of the number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session

from channels.sms.citizens.follow_tables import FollowRow
from channels.sms.citizens.tables import CitizenConsent
from stores.database import Database

NOTICES: Final = "notices"
"""Messages of ours that answer nothing."""
WARNINGS: Final = "warnings"
"""Warnings of danger where somebody lives, by text message and by call, at any hour. A refusal of any kind ends it."""

_AT_ONCE: Final = 500
"""Persons or rows of one transaction."""

CONFIRMED_FOR = timedelta(days=1)
"""A refusal repeated within this time is not confirmed again: the first confirmation stands."""


class Decision(StrEnum):
    """What a citizen wants."""

    GRANTED = "granted"
    REFUSED = "refused"


class Manner(StrEnum):
    """How it was said."""

    KEYWORD = "keyword"
    SENTENCE = "sentence"
    COUNTER = "counter"
    """Signed on paper at a counter; ``message`` names officer and paper."""
    PROVIDER = "provider"
    """Said to the provider, which refuses our messages since."""
    LIST = "list"
    """On a list of numbers that want no messages."""


SMS: Final = "sms"


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision, as proof of it."""

    id: int
    person: str
    """Keyed hash of the number."""
    decision: Decision
    channel: str
    manner: str
    wording: str
    """Version of the sentences the citizen was told."""
    message: str
    """Id of the turn, the officer and paper, or the list that says so."""
    at: datetime
    purpose: str = NOTICES
    """:data:`NOTICES` or :data:`WARNINGS`."""


@dataclass(frozen=True, slots=True)
class Consent:
    """The decision in force."""

    decision: Decision
    since: datetime


class Consents:
    """The ledger; safe to share between threads.

    Args:
        database: its tables are made.
        now: the clock.
    """

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def of(self, person: str) -> Consent | None:
        """The decision in force; None from somebody who never decided."""
        with self._database.reading() as session:
            row = _newest(session, person)
        return None if row is None else Consent(Decision(row.decision), row.at)

    def ledger(self, person: str) -> list[Entry]:
        """Every decision of a person, the newest first."""
        with self._database.reading() as session:
            decisions = select(CitizenConsent).where(CitizenConsent.person == person)
            return [_entry(row) for row in session.scalars(decisions.order_by(CitizenConsent.id.desc()))]

    def every(self) -> Iterator[Entry]:
        """Every decision of everybody, the oldest first; read in pieces."""
        last = 0
        while True:
            with self._database.reading() as session:
                piece = select(CitizenConsent).where(CitizenConsent.id > last).order_by(CitizenConsent.id)
                rows = [_entry(row) for row in session.scalars(piece.limit(_AT_ONCE))]
            yield from rows
            if len(rows) < _AT_ONCE:
                return
            last = rows[-1].id

    def granted(self, persons: Iterable[str], purpose: str = NOTICES) -> set[str]:
        """Those of them who want notices, or warnings."""
        wanted, found = list(persons), set[str]()
        for start in range(0, len(wanted), _AT_ONCE):
            with self._database.reading() as session:
                found |= set(session.scalars(_decided(wanted[start : start + _AT_ONCE], Decision.GRANTED, purpose)))
        return found

    def grant(self, person: str, manner: Manner, wording: str, message: str, channel: str = SMS) -> None:
        """Somebody asked for notices, in the turn with the id ``message``."""
        with self._database.writing() as session:
            row = _newest(session, person)
            if row is None or row.decision != Decision.GRANTED:
                session.add(self._row(person, Decision.GRANTED, manner, wording, message, channel))

    def grant_warnings(self, session: Session, proofs: Mapping[str, str], wording: str) -> None:
        """These asked, on paper, to be warned of danger; inside a transaction of the caller's.

        Args:
            session: a writing one.
            proofs: officer and paper, by person.
            wording: version of the sentences on the paper.
        """
        wanted = list(proofs)
        for start in range(0, len(wanted), _AT_ONCE):
            piece = wanted[start : start + _AT_ONCE]
            done = set(session.scalars(_decided(piece, Decision.GRANTED, WARNINGS)))
            for person in piece:
                if person not in done:
                    row = self._row(person, Decision.GRANTED, Manner.COUNTER, wording, proofs[person], "counter")
                    row.purpose = WARNINGS
                    session.add(row)

    def refuse_all(self, persons: Iterable[str], manner: Manner, message: str) -> int:
        """Nobody of these wants notices; returns how many had not said so before."""
        wanted, added = list(dict.fromkeys(persons)), 0
        for start in range(0, len(wanted), _AT_ONCE):
            piece = wanted[start : start + _AT_ONCE]
            with self._database.writing() as session:
                # Who is warned still has something to refuse.
                done = set(session.scalars(_decided(piece, Decision.REFUSED)))
                done -= set(session.scalars(_decided(piece, Decision.GRANTED, WARNINGS)))
                rows = [
                    self._row(person, Decision.REFUSED, manner, "", message) for person in piece if person not in done
                ]
                session.add_all(rows)
                added += len(rows)
        return added

    def refuse(self, person: str, manner: Manner, wording: str, message: str, channel: str = SMS) -> bool:
        """Somebody wants no notices, in the turn with the id ``message``.

        Returns:
            Whether to confirm it: not when an earlier turn has said the same within a day.
        """
        with self._database.writing() as session:
            row = _newest_of_any(session, person)
            if row is not None and row.decision == Decision.REFUSED and self._now() - row.at < CONFIRMED_FOR:
                return row.message == message
            session.add(self._row(person, Decision.REFUSED, manner, wording, message, channel))
            return True

    def withdraw(self, person: str, wording: str, message: str) -> bool:
        """A word came that may mean a refusal or something else: consent ends, if there was one.

        Returns:
            Whether this turn has ended a consent.
        """
        with self._database.writing() as session:
            row = _newest_of_any(session, person)
            if row is None or row.decision == Decision.REFUSED:
                return row is not None and row.message == message
            session.add(self._row(person, Decision.REFUSED, Manner.KEYWORD, wording, message))
            return True

    def forget(self, person: str) -> bool:
        """Erase the history of a person's decisions; a refusal in force stays, as its hash and date.

        Whoever has said "no messages" must not get one because the "no" was erased: keeping it is the only way
        to obey it.

        Returns:
            Whether a refusal was kept.
        """
        with self._database.writing() as session:
            newest = _newest(session, person)
            kept = newest is not None and newest.decision == Decision.REFUSED
            old = delete(CitizenConsent).where(CitizenConsent.person == person)
            if newest is not None and kept:
                old = old.where(CitizenConsent.id != newest.id)
            session.execute(old)
            # News that were agreed to go with the proof that they were.
            session.execute(delete(FollowRow).where(FollowRow.person == person))
        return kept

    def _row(
        self, person: str, decision: Decision, manner: Manner, wording: str, message: str, channel: str = SMS
    ) -> CitizenConsent:
        return CitizenConsent(
            person=person,
            purpose=NOTICES,
            decision=decision,
            channel=channel,
            manner=manner,
            wording=wording,
            message=message,
            at=self._now(),
        )


def _decided(persons: Sequence[str], decision: Decision, purpose: str = NOTICES) -> Select[Any]:
    """Those of them whose newest decision is this one."""
    newest = (
        select(func.max(CitizenConsent.id))
        # "No messages" is said once, and means all of them.
        .where(
            CitizenConsent.person.in_(persons),
            or_(CitizenConsent.purpose == purpose, CitizenConsent.decision == Decision.REFUSED),
        )
        .group_by(CitizenConsent.person)
    )
    return select(CitizenConsent.person).where(CitizenConsent.id.in_(newest), CitizenConsent.decision == decision)


def _entry(row: CitizenConsent) -> Entry:
    return Entry(
        row.id,
        row.person,
        Decision(row.decision),
        row.channel,
        row.manner,
        row.wording,
        row.message,
        row.at,
        row.purpose,
    )


def _newest(session: Session, person: str) -> CitizenConsent | None:
    decisions = select(CitizenConsent).where(CitizenConsent.person == person, CitizenConsent.purpose == NOTICES)
    return session.scalars(decisions.order_by(CitizenConsent.id.desc()).limit(1)).first()


def _newest_of_any(session: Session, person: str) -> CitizenConsent | None:
    decisions = select(CitizenConsent).where(CitizenConsent.person == person)
    return session.scalars(decisions.order_by(CitizenConsent.id.desc()).limit(1)).first()
