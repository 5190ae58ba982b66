"""What waits, by mail once a working day, for officers who want it: counts and a link, nothing of any citizen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from time import monotonic
from typing import Final, Protocol

from sqlalchemy import delete, select, update

from centre.mail import ADDRESS, MailFailed
from centre.tables import DigestRow
from runtime import logs
from runtime.backoff import Backoff
from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal, SealBroken

HOURS: Final = range(5, 21)
"""At which a digest may come."""
BACKOFF: Final = Backoff(first=60.0, longest=3600.0)
_log = logs.get(__name__)


class Post(Protocol):
    """Takes mail: :class:`centre.mail.MailServer`."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Hand one over; raises :class:`centre.mail.MailFailed`."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one officer."""

    subject: str
    lines: Sequence[str]
    """Sentences with counts; none where nothing waits."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an officer has chosen."""

    address: str
    hour: int


class Digests:
    """Safe to share between threads and processes; each is sent once a day, whoever comes first.

    Args:
        database: of the centre.
        seal: hides addresses.
        clock: the time, with zone.
        is_working: whether officers work on a day.
        waiting: what waits for an officer, by name.
        post: takes mail; None where none is set up, and nothing is sent.
    """

    def __init__(
        self,
        database: Database,
        seal: Seal,
        clock: Callable[[], datetime],
        is_working: Callable[[date], bool],
        waiting: Callable[[str], Waiting],
        post: Post | None,
    ) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock
        self._is_working = is_working
        self._waiting = waiting
        self._post = post
        self._failures = 0
        self._not_before = 0.0

    @property
    def are_sent(self) -> bool:
        """Whether mail goes out of here."""
        return self._post is not None

    def chosen(self, officer: str) -> Chosen | None:
        """What an officer has chosen; None for no digest."""
        with self._database.reading() as session:
            row = session.get(DigestRow, officer)
        if row is None:
            return None
        address = self._address(row)
        return Chosen(address, row.hour) if address else None

    def choose(self, officer: str, address: str, hour: int) -> None:
        """From now on one comes at an hour of working days; an empty address ends it.

        Raises:
            ValueError: the address or the hour is none.
        """
        if address and (not ADDRESS.fullmatch(address) or hour not in HOURS):
            raise ValueError("an address as name@office.vn, and an hour of the day")
        with self._database.writing() as session:
            session.execute(delete(DigestRow).where(DigestRow.officer == officer))
            if address:
                # The first one comes the next time its hour comes.
                now = self._clock().astimezone(VIETNAM)
                sent_on = now.date() if now.hour >= hour else None
                session.add(DigestRow(officer=officer, address=self._seal.close(address), hour=hour, sent_on=sent_on))

    def step(self) -> int:
        """Send what is due; call it about once a minute. Returns how many were sent."""
        now = self._clock().astimezone(VIETNAM)
        if self._post is None or not self._is_working(now.date()) or monotonic() < self._not_before:
            return 0
        return sum(self._send(officer, now.date()) for officer in self._due(now))

    def _due(self, now: datetime) -> list[str]:
        is_due = (DigestRow.sent_on.is_(None)) | (DigestRow.sent_on < now.date())
        with self._database.reading() as session:
            return list(session.scalars(select(DigestRow.officer).where(is_due, DigestRow.hour <= now.hour)))

    def _send(self, officer: str, today: date) -> int:
        before = self._claim(officer, today)
        if before is None or self._post is None or monotonic() < self._not_before:
            return 0
        waiting, address = self._waiting(officer), self._address(before)
        if not waiting.lines or not address:
            return 0
        try:
            self._post.send(address, waiting.subject, "\n".join(waiting.lines) + "\n")
        except MailFailed as error:
            self._failures += 1
            self._not_before = monotonic() + BACKOFF.pause(self._failures)
            _log.error("a digest was not sent", cause=str(error))
            with self._database.writing() as session:
                session.execute(update(DigestRow).where(DigestRow.officer == officer).values(sent_on=before.sent_on))
            return 0
        self._failures = 0
        return 1

    def _claim(self, officer: str, today: date) -> DigestRow | None:
        """The row as it was, where nobody else has sent it today."""
        with self._database.writing() as session:
            row = session.get(DigestRow, officer, with_for_update=True)
            if row is None or (row.sent_on is not None and row.sent_on >= today):
                return None
            before = DigestRow(officer=row.officer, address=row.address, hour=row.hour, sent_on=row.sent_on)
            row.sent_on = today
            return before

    def _address(self, row: DigestRow) -> str:
        try:
            return self._seal.open(row.address)
        except SealBroken:
            return ""
