"""What keeps the outbox moving: leases renewed and released, other routes chosen, old messages given up."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Row, and_, case, func, or_, select, update

from channels.sms.queue.content import ERASED, Content
from channels.sms.queue.leases import Lease
from channels.sms.queue.outbox import LIFE_SECONDS
from channels.sms.queue.outbox_statements import waiting_by_route
from channels.sms.queue.states import OutgoingState
from channels.sms.queue.tables import outgoing
from channels.sms.routes.messages import Kind
from channels.sms.routes.number_table import NumberTable
from stores.database import Database
from stores.sealing import Seal, SealBroken

_WORTH_MOVING = 20
"""Messages by which queues of one rank may differ before some are moved."""

PAUSE_WITHOUT_ROUTE = 30.0
"""Seconds after which a message that no available route may carry is looked at again."""
ANSWER_PAUSE = 5.0
"""The same for an answer, which waits for the number it was asked on and goes as soon as that works again."""
WAKE_SECONDS = 60.0
"""What waits for a route that worked all the while, as this process sees it, is let go after so long."""

_NO_ROUTE = "no_route"
"""Code of a message that was put off because no available route may carry it."""


class OutboxUpkeep:
    """Every method raises SQLAlchemy's errors when the database is away.

    Args:
        database: its tables are made.
        seal: hides numbers and texts.
        table: routes by number.
        clock: seconds since 1970.
    """

    def __init__(
        self, database: Database, seal: Seal, table: NumberTable, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._seal = seal
        self._table = table
        self._clock = clock
        self._wake_at: dict[str, float] = {}
        """When what waits for a route is next let go, by routes that worked the last time."""

    def wake(self, available: Sequence[str]) -> int:
        """Let what :meth:`choose_routes` put off go by its own route where that works again.

        Call it about once a second. The first call finds every route back: who put messages off may be another process,
        or this one before it was started anew.

        Args:
            available: routes that work now.

        Returns:
            how many may go.
        """
        now = self._clock()
        back = [name for name in available if now >= self._wake_at.get(name, 0.0)]
        kept = {name: at for name, at in self._wake_at.items() if name in available}
        woken = 0
        if back:
            with self._database.writing() as session:
                changed: Any = session.execute(
                    update(outgoing)
                    .where(
                        outgoing.c.state == OutgoingState.WAITING,
                        outgoing.c.route.in_(back),
                        outgoing.c.code == _NO_ROUTE,
                        outgoing.c.next_try_at > now,
                    )
                    .values(next_try_at=now, code="")
                )
            woken = int(changed.rowcount)
        self._wake_at = kept | dict.fromkeys(back, now + WAKE_SECONDS)
        return woken

    def choose_routes(self, available: Sequence[str], stays_unsure: float, most: int = 200) -> int:
        """Give messages whose route is not available the best one that is.

        Call it about once a second. What is bound to its line is looked at so seldom, where there is much of it, that
        half of the looks are left for what can move: else a thousand answers that wait for a dead line would be looked
        at again and again before anything behind them. :meth:`wake` lets it go when the line is back.

        Args:
            available: routes that work now.
            stays_unsure: seconds for which a message that its route may have taken is not given to another.
            most: messages looked at.

        Returns:
            how many got another route.
        """
        if not available:
            return 0
        now = self._clock()
        stuck = and_(
            outgoing.c.state == OutgoingState.WAITING,
            outgoing.c.route.not_in(available),
            outgoing.c.next_try_at <= now,
            or_(outgoing.c.unsure_since.is_(None), outgoing.c.unsure_since < now - stays_unsure),
        )
        query = select(outgoing).where(stuck).order_by(outgoing.c.priority, outgoing.c.id).limit(most)
        locking = query if self._database.is_sqlite else query.with_for_update(skip_locked=True)
        moved = 0
        with self._database.writing() as session:
            rows = session.execute(locking).all()
            # One full look may mean that there is more than can be looked at in a pause.
            counts = rows and (self._table.shares or len(rows) == most)
            waiting = waiting_by_route(session) if counts else Counter[str]()
            stuck_in_all = sum(count for name, count in waiting.items() if name not in available)
            seldom = 2.0 * stuck_in_all / most if len(rows) == most else 0.0
            for row in rows:
                route = self._other_route(row, available, waiting)
                pause = ANSWER_PAUSE if row.kind == Kind.ANSWER else PAUSE_WITHOUT_ROUTE
                values: dict[str, object] = {"next_try_at": now + max(pause, seldom), "code": _NO_ROUTE}
                if route is not None:
                    waiting[route] += 1
                    values = {"route": route, "attempts": 0, "code": "" if row.code == _NO_ROUTE else row.code}
                    moved += 1
                session.execute(update(outgoing).where(outgoing.c.id == row.id).values(values))
        return moved

    def share(self, available: Sequence[str], most: int = 200) -> int:
        """Give routes whose queue runs dry messages that wait on a longer one of the same rank; returns how many.

        Args:
            available: routes that work now.
            most: messages moved.
        """
        if not self._table.shares or len(available) < 2:
            return 0
        now, moved = self._clock(), 0
        with self._database.writing() as session:
            waiting = waiting_by_route(session)
            longest = max(available, key=lambda name: waiting[name])
            if waiting[longest] - min(waiting[name] for name in available) < _WORTH_MOVING:
                return 0
            # From the end: what is first there goes soon, and may be on its way in this moment.
            fresh = (
                select(outgoing)
                .where(
                    outgoing.c.state == OutgoingState.WAITING,
                    outgoing.c.route == longest,
                    outgoing.c.attempts == 0,
                    outgoing.c.unsure_since.is_(None),
                    outgoing.c.answer_to.is_(None),
                    outgoing.c.next_try_at <= now,
                )
                .order_by(outgoing.c.priority.desc(), outgoing.c.id.desc())
                .limit(most)
            )
            locking = fresh if self._database.is_sqlite else fresh.with_for_update(skip_locked=True)
            for row in session.execute(locking).all():
                route = self._shorter(row, longest, available, waiting)
                if route is not None:
                    session.execute(update(outgoing).where(outgoing.c.id == row.id).values(route=route))
                    waiting[longest] -= 1
                    waiting[route] += 1
                    moved += 1
        return moved

    def _shorter(self, row: Row[Any], longest: str, available: Sequence[str], waiting: Counter[str]) -> str | None:
        """A route of the same rank with a queue of less than half the length."""
        try:
            number = Content.opened(row.sealed, self._seal).citizen
        except SealBroken:
            return None
        refused = row.refused_by.split(",")
        rank = next((rank for rank in self._table.ranks(number, Kind(row.kind)) if longest in rank), ())
        others = [name for name in rank if name in available and name not in refused]
        shortest = min(others, key=lambda name: waiting[name], default=longest)
        return shortest if 2 * (waiting[shortest] + 1) < waiting[longest] else None

    def renew(self, lease: Lease) -> None:
        """Keep the leases of a process for another while."""
        with self._database.writing() as session:
            session.execute(
                update(outgoing)
                .where(outgoing.c.state == OutgoingState.SENDING, outgoing.c.lease_owner == lease.owner)
                .values(lease_until=lease.until)
            )

    def release(self, wait_seconds: float, repeats_harmless: Sequence[str], dead: Sequence[str] = ()) -> int:
        """Put messages back whose process is gone: it is not known whether they were handed over.

        Args:
            wait_seconds: time for a receipt to tell.
            repeats_harmless: routes where nothing needs to be waited for: a repeat comes to nothing there.
            dead: owners known to be gone, whose leases need not run out.
        """
        now = self._clock()
        lapsed = or_(outgoing.c.lease_until < now, outgoing.c.lease_owner.in_(dead))
        next_try = case((outgoing.c.route.in_(repeats_harmless), now), else_=now + wait_seconds)
        with self._database.writing() as session:
            changed: Any = session.execute(
                update(outgoing)
                .where(outgoing.c.state == OutgoingState.SENDING, lapsed)
                .values(
                    state=OutgoingState.WAITING,
                    lease_owner=None,
                    lease_until=None,
                    unsure_since=func.coalesce(outgoing.c.unsure_since, now),
                    next_try_at=next_try,
                    code="process_gone",
                )
            )
        return int(changed.rowcount)

    def expire(self) -> int:
        """Give up what was not handed over in time."""
        with self._database.writing() as session:
            changed: Any = session.execute(
                update(outgoing)
                .where(outgoing.c.state == OutgoingState.WAITING, outgoing.c.expires_at < self._clock())
                .values(state=OutgoingState.EXPIRED)
            )
        return int(changed.rowcount)

    def retry(self, reference: str | None = None) -> int:
        """Send failed and expired messages again from the start; all of them when no reference is given.

        Those whose content has been erased stay as they are.
        """
        now = self._clock()
        ended = (OutgoingState.FAILED, OutgoingState.EXPIRED)
        # What warned of a storm that is over must not come back.
        which = [outgoing.c.state.in_(ended), outgoing.c.sealed != ERASED, outgoing.c.kind != Kind.WARNING]
        if reference is not None:
            which.append(outgoing.c.reference == reference)
        life = case(*((outgoing.c.kind == kind, now + seconds) for kind, seconds in LIFE_SECONDS.items()), else_=now)
        with self._database.writing() as session:
            changed: Any = session.execute(
                update(outgoing)
                .where(*which)
                .values(
                    state=OutgoingState.WAITING, next_try_at=now, expires_at=life, attempts=0, refused_by="", code=""
                )
            )
        return int(changed.rowcount)

    def _other_route(self, row: Row[Any], available: Sequence[str], waiting: Counter[str]) -> str | None:
        try:
            content = Content.opened(row.sealed, self._seal)
        except SealBroken:
            return None
        refused = row.refused_by.split(",")
        order = self._table.order(content.citizen, row.route, Kind(row.kind), waiting, content.ours)
        return next((name for name in order if name in available and name not in refused), None)
