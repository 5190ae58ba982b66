"""Who is told when a report changes: signed webhooks to addresses an officer has entered.

What changed is found in the store and not announced by whoever changed it, so that nothing is lost when a process
dies: each subscriber has a mark up to which changes were noticed. A notice says how the report is when it is sent, not
how it was; several changes of a report that wait for the same subscriber are one notice.

Signed as Standard Webhooks has it (:mod:`stores.standard_webhooks`). What is not taken is sent again with growing
pauses; after three days, or when the receiver says that it is gone (410), the subscriber rests until an officer looks.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

import httpx
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from centre.open311.telling import as_request
from centre.tables import PushRow, SubscriberRow
from runtime import logs
from runtime.backoff import Backoff
from stores.database import Database
from stores.sealing import Seal, SealBroken
from stores.standard_webhooks import SHARED, headers_of, sign
from tickets.reports import Report, Reports

BACKOFF: Final = Backoff(first=30.0, longest=6 * 3600.0)
GIVEN_UP_AFTER: Final = timedelta(days=3)
"""Since the first try of the oldest notice that was not taken."""
PATIENCE_SECONDS: Final = 10.0
KEY_BYTES: Final = 32
AT_ONCE: Final = 100
"""Changes noticed for one subscriber in one step."""
SETTLED_AFTER: Final = timedelta(seconds=5)
"""A change is noticed so long after it: one that began earlier and was written later is not passed over."""
NO_ANSWER: Final = 0
"""In place of a status where nobody answered."""
_GONE: Final = 410
_log = logs.get(__name__)


class BadAddress(ValueError):
    """No address notices may be sent to."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who is told."""

    id: int
    name: str
    url: str
    made_by: str
    made_at: datetime
    rests: bool
    """Nothing is sent until an officer says so."""
    waiting: int
    """Notices that were not taken yet."""
    sent_at: datetime | None
    """When one was taken last."""
    status: int | None
    """HTTP status of the last try; :data:`NO_ANSWER`: nobody answered; None: nothing was sent yet."""


class Subscribers:
    """Safe to share between threads and processes.

    Args:
        database: of the centre.
        seal: hides keys.
        reports: what is told.
        clock: the time, with zone.
        base: address of this server in what is told.
        agency: who is responsible, as others read it.
        may_be_plain: whether addresses without TLS are taken (development).
    """

    def __init__(
        self,
        database: Database,
        seal: Seal,
        reports: Reports,
        clock: Callable[[], datetime],
        base: str,
        agency: str = "",
        *,
        may_be_plain: bool = False,
    ) -> None:
        self._database = database
        self._seal = seal
        self._reports = reports
        self._clock = clock
        self._base = base.rstrip("/")
        self._agency = agency
        self._may_be_plain = may_be_plain

    def add(self, name: str, url: str, officer: str) -> tuple[int, str]:
        """Tell somebody from now on; the number, and the key that proves it is us, which is shown this once.

        Raises:
            BadAddress: the address is none, or would send reports in the clear.
        """
        address = self._checked(url)
        key = SHARED + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
        now = self._clock()
        with self._database.writing() as session:
            row = SubscriberRow(
                name=name, url=address, key=self._seal.close(key), made_by=officer, made_at=now, noticed_at=now
            )
            session.add(row)
            session.flush()
            return row.id, key

    def all(self) -> list[Subscriber]:
        """The oldest first."""
        with self._database.reading() as session:
            rows = list(session.scalars(select(SubscriberRow).order_by(SubscriberRow.id)))
            waiting = list(session.scalars(select(PushRow.subscriber)))
        return [
            Subscriber(
                row.id,
                row.name,
                row.url,
                row.made_by,
                row.made_at,
                row.rests,
                waiting.count(row.id),
                row.sent_at,
                row.status,
            )
            for row in rows
        ]

    def rest(self, number: int, *, rests: bool) -> None:
        """Send nothing to one, or go on with what waits."""
        with self._database.writing() as session:
            row = session.get(SubscriberRow, number)
            if row is None:
                return
            row.rests = rests
            for push in session.scalars(select(PushRow).where(PushRow.subscriber == number)):
                push.tries, push.first_at, push.due_at = 0, None, self._clock()

    def remove(self, number: int) -> None:
        """Tell somebody no more; what waits goes with it."""
        with self._database.writing() as session:
            session.execute(delete(PushRow).where(PushRow.subscriber == number))
            session.execute(delete(SubscriberRow).where(SubscriberRow.id == number))

    def try_out(self, number: int) -> int | None:
        """Send a notice that tells of no report; the status that came back, None where there is no such subscriber."""
        with self._database.reading() as session:
            row = session.get(SubscriberRow, number)
        if row is None:
            return None
        return self._sent(row, f"test_{secrets.token_hex(8)}", "subscription.test", {})

    def step(self, seconds: float = 20.0) -> int:
        """Notice what changed, and send what is due; call it often. Returns how many notices were taken.

        Args:
            seconds: for about so long; what is left is sent next time.
        """
        begun, taken = monotonic(), 0
        for row in self._awake():
            self._notice(row.id)
            for push in self._due(row.id):
                if monotonic() - begun > seconds:
                    return taken
                report = self._reports.of(push.report)
                if report is None or not report.is_accepted:
                    self._done(push)
                    continue
                kind = "service_request.created" if push.is_new else "service_request.updated"
                status = self._sent(row, _id(push, report), kind, as_request(report, self._base, self._agency))
                if not self._settle(push, status, report):
                    break
                taken += 1
        return taken

    def _awake(self) -> list[SubscriberRow]:
        with self._database.reading() as session:
            return list(session.scalars(select(SubscriberRow).where(SubscriberRow.rests.is_(False))))

    def _notice(self, number: int) -> None:
        """Write down what changed since the mark, and move the mark, in one."""
        with self._database.writing() as session:
            row = session.get(SubscriberRow, number, with_for_update=True)
            if row is None:
                return
            changed = self._reports.changed_since(row.noticed_at, self._clock() - SETTLED_AFTER, AT_ONCE)
            for _, report in changed:
                push = session.scalar(
                    select(PushRow).where(PushRow.subscriber == number, PushRow.report == report.number)
                )
                if push is None:
                    is_new = report.requested_at > row.noticed_at
                    session.add(
                        PushRow(subscriber=number, report=report.number, is_new=is_new, due_at=self._clock(), tries=0)
                    )
            if changed:
                row.noticed_at = max(at for at, _ in changed)

    def _due(self, number: int) -> list[PushRow]:
        due = (PushRow.subscriber == number) & (PushRow.due_at <= self._clock())
        with self._database.reading() as session:
            return list(session.scalars(select(PushRow).where(due).order_by(PushRow.id).limit(AT_ONCE)))

    def _done(self, push: PushRow) -> None:
        with self._database.writing() as session:
            session.execute(delete(PushRow).where(PushRow.id == push.id))

    def _settle(self, push: PushRow, status: int, told: Report) -> bool:
        """Write down what came of a try; whether it was taken."""
        now = self._clock()
        with self._database.writing() as session:
            row = session.get(SubscriberRow, push.subscriber)
            kept = session.get(PushRow, push.id, with_for_update=True)
            if row is None or kept is None:
                return False
            row.status = status
            if 200 <= status < 300:
                row.sent_at = now
                session.delete(kept)
                return True
            kept.tries += 1
            kept.first_at = kept.first_at or now
            kept.due_at = now + timedelta(seconds=BACKOFF.pause(kept.tries))
            self._rest_if_hopeless(session, row, kept, status, now)
        _log.warning("a webhook was not taken", subscriber=push.subscriber, status=status, tries=push.tries + 1)
        return False

    @staticmethod
    def _rest_if_hopeless(session: Session, row: SubscriberRow, kept: PushRow, status: int, now: datetime) -> None:
        if status == _GONE or (kept.first_at is not None and now - kept.first_at > GIVEN_UP_AFTER):
            row.rests = True

    def _sent(self, row: SubscriberRow, id: str, kind: str, told: Mapping[str, object]) -> int:
        now = self._clock()
        body = json.dumps({"type": kind, "timestamp": now.isoformat(), "data": told}, ensure_ascii=False).encode()
        try:
            key = base64.b64decode(self._seal.open(row.key).removeprefix(SHARED))
        except SealBroken:
            _log.error("the key of a subscriber cannot be opened", subscriber=row.id)
            return NO_ANSWER
        timestamp = int(now.timestamp())
        signed = headers_of(id, timestamp, [sign(key, id, timestamp, body)])
        headers = {"content-type": "application/json", **signed}
        try:
            # Nobody is followed elsewhere: the address was read by an officer, another one was not.
            with httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False, follow_redirects=False) as client:
                return client.post(row.url, content=body, headers=headers).status_code
        except (httpx.HTTPError, httpx.InvalidURL):
            return NO_ANSWER

    def _checked(self, url: str) -> str:
        try:
            address = httpx.URL(url.strip())
        except httpx.InvalidURL:
            raise BadAddress(url) from None
        is_safe = address.scheme == "https" or (address.scheme == "http" and self._may_be_plain)
        if not is_safe or not address.host or address.userinfo or len(str(address)) > 500:
            raise BadAddress(url)
        return str(address)


def _id(push: PushRow, report: Report) -> str:
    """The same for the same state of a report, so that a receiver drops what it had."""
    return f"{push.subscriber}_{report.number}_{report.updated_at.timestamp():.6f}"
