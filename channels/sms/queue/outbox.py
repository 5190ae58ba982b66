"""Messages on their way to citizens: added once, claimed by lease, settled by what the provider said."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import Row, insert, text, update
from sqlalchemy.orm import Session

from channels.rendering.segments import size
from channels.sms.queue import outbox_statements as statements
from channels.sms.queue.content import ERASED, Content
from channels.sms.queue.leases import LEASE_SECONDS, Lease
from channels.sms.queue.outbox_statements import waiting_by_route
from channels.sms.queue.queued import Claimed, Exchange, HandedOver, NewMessage, NoticeRule, NotSent, Result, Room
from channels.sms.queue.route_days import Days
from channels.sms.queue.route_rate_limits import Rates
from channels.sms.queue.states import OutgoingState
from channels.sms.queue.tables import outgoing
from channels.sms.routes.messages import Kind, OutgoingMessage
from channels.sms.routes.number_table import OUR_OWN_DOING, NumberTable
from stores.database import Database
from stores.sealing import Seal, SealBroken

LIFE_SECONDS = {Kind.ANSWER: 24 * 3600.0, Kind.NOTICE: 48 * 3600.0, Kind.WARNING: 6 * 3600.0}
"""After so long a message would only confuse; a caller may set another time."""

PRIORITIES = {Kind.ANSWER: 0, Kind.WARNING: 5, Kind.NOTICE: 10}
"""Who asks in a flood is answered before thousands are warned: answers are few. A notice can wait."""


LOCKS = 7_215_500_000
"""Keys of the PostgreSQL advisory locks for adding; any numbers nobody else uses."""
MOST_LOCKS = 64
"""So many that answers rarely wait for each other, so few that a campaign may hold them all."""

_LONGER_THAN_A_DAY = "longer_than_a_day"
_NO_LONGER_READABLE = "sealed_with_another_key"


class Outbox:
    """The queue of outgoing messages; safe to share between threads and processes.

    Every method raises SQLAlchemy's errors when the database is away.

    Args:
        database: its tables are made.
        seal: hides numbers and texts.
        table: routes by number.
        notices: when notices may go; without it they go at once, which only tests want.
        clock: seconds since 1970.
        brand: sender of notices and warnings, as the operator has registered it; empty: our number.
    """

    def __init__(
        self,
        database: Database,
        seal: Seal,
        table: NumberTable,
        notices: NoticeRule | None = None,
        clock: Callable[[], float] = time.time,
        brand: str = "",
    ) -> None:
        self._brand = brand
        self._database = database
        self._seal = seal
        self._table = table
        self._notices = notices
        self._clock = clock
        self._rates = Rates(database.is_sqlite)
        self._days = Days(database.is_sqlite)

    def reference(self, key: str) -> str:
        """The reference a message with this key has: the same wherever it is worked out."""
        return self._seal.hash("sms-reference", key)

    def add(self, messages: Sequence[NewMessage]) -> tuple[str, ...]:
        """Put messages into the queue; one whose key was added before stays as it is. Returns their references."""
        with self._database.writing() as session:
            return self.add_within(session, messages)

    def add_within(
        self, session: Session, messages: Sequence[NewMessage], lease: Lease | None = None
    ) -> tuple[str, ...]:
        """:meth:`add` inside a transaction of the caller's.

        Args:
            session: a writing one.
            messages: to add.
            lease: the caller hands the messages over itself, by the route they answer on.
        """
        if not messages:
            return ()
        now = self._clock()
        # Looked up once for all of them: counting each would cost more than sharing is worth.
        waiting = waiting_by_route(session) if self._table.shares and lease is None else Counter[str]()
        chosen: dict[str, str] = {}
        rows = [self._row(message, now, lease, waiting, chosen) for message in messages]
        references = [str(row["reference"]) for row in rows]
        # By month a reference cannot be unique in the table: who adds the same one waits, and then finds it.
        self._one_at_a_time(session, references)
        there = set(session.scalars(statements.THERE, {"of_references": references}))
        new = {str(row["reference"]): row for row in reversed(rows) if row["reference"] not in there}
        if new:
            session.execute(insert(outgoing), [row for row in rows if new.get(str(row["reference"])) is row])
        return tuple(references)

    def exchange(self, owner: str, results: Sequence[Result], rooms: Sequence[Room]) -> Exchange:
        """Settle what was sent and claim what may go next, in one transaction.

        Rows of one route are claimed in the order of priority, then age; the second text of an answer only after
        the first has gone. No row is ever claimed by two processes.
        """
        now = self._clock()
        claimed: list[Row[Any]] = []
        waits: list[float] = []
        spent: list[str] = []
        with self._database.writing() as session:
            self._settle(session, owner, results, now)
            for room in rooms:
                rows, wait, is_spent = self._claim(session, Lease(owner, now + LEASE_SECONDS), room, now)
                claimed += rows
                spent += [room.route] if is_spent else []
                if wait is not None:
                    waits.append(wait)
        opened = [self._opened(row, now) for row in claimed]
        return Exchange(tuple(one for one in opened if one is not None), min(waits, default=None), tuple(spent))

    def sent_again_unsure(self, id: int) -> None:
        """Count, before it is done, that a message is sent once more though the provider may have it."""
        with self._database.writing() as session:
            session.execute(update(outgoing).where(outgoing.c.id == id).values(maybe_twice=outgoing.c.maybe_twice + 1))

    def _row(
        self, message: NewMessage, now: float, lease: Lease | None, waiting: Counter[str], chosen: dict[str, str]
    ) -> dict[str, object]:
        if lease:
            route = message.came_by
        else:
            order = self._table.order(message.recipient, message.came_by, message.kind, waiting, message.sender)
            # Texts to one person go by one line.
            route = chosen.get(message.person, order[0])
            route = chosen[message.person] = route if route in order else order[0]
            waiting[route] += 1
        sender = message.sender
        if sender is None and message.kind in OUR_OWN_DOING:
            sender = self._brand or None
        return {
            "reference": self.reference(message.key),
            "answer_to": message.answer_to,
            "kind": message.kind,
            "priority": PRIORITIES[message.kind],
            "person": message.person,
            "sealed": Content(message.recipient, sender, message.text).sealed(self._seal),
            "segments": size(message.text).segments,
            "route": route,
            "refused_by": "",
            "state": OutgoingState.SENDING if lease else OutgoingState.WAITING,
            "attempts": 1 if lease else 0,
            "attempts_in_all": 1 if lease else 0,
            "next_try_at": max(now, message.not_before or now),
            "lease_owner": lease.owner if lease else None,
            "lease_until": lease.until if lease else None,
            "unsure_since": None,
            "maybe_twice": 0,
            "code": "",
            "created_at": now,
            "expires_at": message.expires_at or now + LIFE_SECONDS[message.kind],
        }

    def _one_at_a_time(self, session: Session, references: Sequence[str]) -> None:
        """SQLite's write lock does that for everybody."""
        if not self._database.is_sqlite:
            # In one order, so that two who add many never wait for each other.
            for key in sorted({LOCKS + int(reference[:8], 16) % MOST_LOCKS for reference in references}):
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})

    def _settle(self, session: Session, owner: str, results: Sequence[Result], now: float) -> None:
        handed = [one for one in results if isinstance(one, HandedOver)]
        if handed and self._database.is_sqlite:
            each = [
                {"of_id": one.id, "of_provider_id": one.provider_id, "of_segments": one.segments, "of_now": now}
                for one in handed
            ]
            session.connection().execute(statements.HANDED, each)
        elif handed:
            # One row would be changed once: the last word on a message counts.
            last = {one.id: one for one in handed}.values()
            together = {
                "of_ids": [one.id for one in last],
                "of_provider_ids": [one.provider_id for one in last],
                "of_segments": [one.segments for one in last],
                "of_now": now,
            }
            session.connection().execute(statements.HANDED_TOGETHER, together)
        not_sent = [
            {
                "of_id": one.id,
                "of_owner": owner,
                "of_state": one.state,
                "of_route": one.route,
                "of_next_try_at": one.next_try_at,
                "of_attempts": one.attempts,
                "of_unsure_since": one.unsure_since,
                "of_refused_by": ",".join(one.refused_by),
                "of_code": one.code,
            }
            for one in results
            if isinstance(one, NotSent)
        ]
        if not_sent:
            session.connection().execute(statements.NOT_SENT, not_sent)

    def _claim(
        self, session: Session, lease: Lease, room: Room, now: float
    ) -> tuple[list[Row[Any]], float | None, bool]:
        """Rows taken; seconds until the rate lets more pass; whether the day's segments do not suffice for the next."""
        if room.most <= 0:
            return [], None, False
        on_the_way = session.scalar(statements.ON_THE_WAY, {"of_route": room.route}) or 0
        tokens = self._rates.tokens(session, room.route, room.limits.per_second, now)
        most = min(room.most, room.limits.window - on_the_way, int(tokens))
        # One more than may go tells whether the limit holds anything back.
        found = session.execute(
            self._locking(statements.DUE), {"of_route": room.route, "of_now": now, "of_most": max(most, 0) + 1}
        ).all()
        # What must wait for the morning takes nothing of the route's rate and of its day.
        rows = self._allowed(session, list(found[: max(most, 0)]), now)
        rows, is_spent = self._of_the_day(session, room, rows, now)
        if rows:
            session.execute(
                statements.TAKE,
                {"of_ids": [row.id for row in rows], "of_owner": lease.owner, "of_until": lease.until},
            )
            self._rates.spend(session, room.route, tokens - len(rows), now)
        held_back = len(found) > len(rows) and tokens - len(rows) < 1.0 and not is_spent
        return rows, (1.0 - (tokens - len(rows))) / room.limits.per_second if held_back else None, is_spent

    def _of_the_day(
        self, session: Session, room: Room, rows: list[Row[Any]], now: float
    ) -> tuple[list[Row[Any]], bool]:
        """The first rows that the day's segments suffice for, and whether others are left; what goes is counted."""
        per_day = room.limits.per_day
        if per_day is None or not rows:
            return rows, False
        for row in rows:
            if row.segments > per_day:
                self._refuse_too_long(session, row, room.route, now)
        rows = [row for row in rows if row.segments <= per_day]
        if not rows:
            return rows, False
        left = self._days.left(session, room.route, per_day, now)
        sums = list(accumulate(row.segments for row in rows))
        fits = [row for row, sum_ in zip(rows, sums, strict=True) if sum_ <= left]
        if fits:
            self._days.spend(session, room.route, sums[len(fits) - 1], now)
        return fits, len(fits) < len(rows)

    def _refuse_too_long(self, session: Session, row: Row[Any], route: str, now: float) -> None:
        """No day of this route ever suffices: another one takes the message, or it fails; nothing waits behind it."""
        refused_by = (*row.refused_by.split(","), route) if row.refused_by else (route,)
        values: dict[str, object] = {"state": OutgoingState.FAILED, "refused_by": ",".join(refused_by)}
        # Where it cannot be read, its route does not matter.
        with suppress(SealBroken):
            content = Content.opened(row.sealed, self._seal)
            order = self._table.order(content.citizen, route, Kind(row.kind), asked_on=content.ours)
            other = next((name for name in order if name not in refused_by), None)
            if other is not None:
                values |= {"state": OutgoingState.WAITING, "route": other, "attempts": 0, "next_try_at": now}
        session.execute(update(outgoing).where(outgoing.c.id == row.id).values(code=_LONGER_THAN_A_DAY, **values))

    def _allowed(self, session: Session, rows: list[Row[Any]], now: float) -> list[Row[Any]]:
        """Those that may go at this hour; what may not waits for its own, or is dropped for good."""
        if self._notices is None or not rows:
            return rows
        # Compared as what the rule was told: seconds as a float may be a fraction of a microsecond less.
        at = datetime.fromtimestamp(now, UTC)
        when: dict[tuple[str, Kind], datetime] = {}
        for kind in {Kind(row.kind) for row in rows} - {Kind.ANSWER}:
            # Asked for all at once: a question for each would make notices five times as slow as answers.
            persons = {row.person for row in rows if row.kind == kind}
            moments = self._notices.when(persons, at, kind)
            when |= {(person, kind): moment for person, moment in moments.items()}
        allowed = []
        for row in rows:
            moment = when.get((row.person, Kind(row.kind)))
            if row.kind == Kind.ANSWER or (moment is not None and moment <= at):
                allowed.append(row)
            else:
                self._put_back(session, row, moment)
        return allowed

    def _put_back(self, session: Session, row: Row[Any], when: datetime | None) -> None:
        values: dict[str, object] = {"state": OutgoingState.CANCELLED, "code": "no_consent", "sealed": ERASED}
        if when is not None:
            # No line that comes back lets it go before its hour.
            values = {"next_try_at": when.timestamp(), "code": ""}
        session.execute(update(outgoing).where(outgoing.c.id == row.id).values(values))

    def _opened(self, row: Row[Any], now: float) -> Claimed | None:
        try:
            content = Content.opened(row.sealed, self._seal)
        except SealBroken:
            with self._database.writing() as session:
                session.execute(
                    update(outgoing)
                    .where(outgoing.c.id == row.id)
                    .values(state=OutgoingState.FAILED, code=_NO_LONGER_READABLE, lease_owner=None, lease_until=None)
                )
            return None
        message = OutgoingMessage(
            reference=row.reference,
            recipient=content.citizen,
            text=content.text,
            sender=content.ours,
            valid_seconds=max(1, int(row.expires_at - now)),
            created_at=datetime.fromtimestamp(row.created_at, UTC),
        )
        refused_by = tuple(filter(None, row.refused_by.split(",")))
        unsure = row.unsure_since is not None
        return Claimed(row.id, row.route, message, row.person, Kind(row.kind), row.attempts, unsure, refused_by)

    def _locking(self, query: Any) -> Any:
        """On PostgreSQL two processes look at once: each skips what the other one is taking."""
        return query if self._database.is_sqlite else query.with_for_update(skip_locked=True, of=outgoing)
