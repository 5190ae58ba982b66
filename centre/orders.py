"""What officers order of a box: to start again, to send its log. Asked, obeyed and read, each in the audit log.

An order goes down in the signed answer of the next exchange and lapses after :data:`LAPSES_AFTER`, so that a box that
comes back after weeks is not surprised by one that nobody remembers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from centre.ids import new_id
from centre.kiosks import Kiosk
from centre.tables import OrderRow
from kiosk.protocol.entries import LogEntry
from kiosk.protocol.messages import ORDERS_AT_ONCE, Obeyed, Order, OrderKind
from stores.audit import Audit, Deed
from stores.database import Database
from stores.sealing import Seal

LAPSES_AFTER: Final = timedelta(days=7)
KEPT_FOR: Final = timedelta(days=30)
"""How long an order and the log it brought are kept; that it was given stays in the audit log."""


class NoSuchOrder(LookupError):
    """No order of this box has this id, or it has brought no log."""


@dataclass(frozen=True, slots=True)
class GivenOrder:
    """One order."""

    id: str
    kind: OrderKind
    officer: str
    asked_at: datetime
    outcome: str | None
    """One of :class:`kiosk.protocol.messages.Outcome`; None: the box has not told yet."""
    finished_at: datetime | None
    has_log: bool
    lapsed: bool


class BoxOrders:
    """Safe to share between threads and processes.

    Args:
        database: of the centre.
        seal: hides logs.
        audit: where orders are noted.
        clock: the time, with zone.
    """

    def __init__(self, database: Database, seal: Seal, audit: Audit, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._seal = seal
        self._audit = audit
        self._clock = clock

    def give(self, kiosk: Kiosk, kind: OrderKind, officer: str, channel: str) -> str:
        """Order something; the order's id. The same that waits already is the same order.

        Args:
            kiosk: of this centre.
            kind: what to do.
            officer: who orders.
            channel: where from, for the audit log.
        """
        with self._database.writing() as session:
            waiting = select(OrderRow.id).where(*self._open(kiosk.id), OrderRow.kind == kind)
            if (known := session.scalar(waiting)) is not None:
                return known
            id = new_id()
            session.add(OrderRow(id=id, kiosk=kiosk.id, kind=kind, officer=officer, asked_at=self._clock()))
            self._note(session, officer, f"kiosk {kiosk.id}: {kind} {id}", channel)
        return id

    def open_for(self, kiosk: Kiosk) -> tuple[Order, ...]:
        """What a box is to do and has not told of."""
        query = select(OrderRow).where(*self._open(kiosk.id)).order_by(OrderRow.asked_at).limit(ORDERS_AT_ONCE)
        with self._database.reading() as session:
            return tuple(Order(id=row.id, kind=row.kind) for row in session.scalars(query))

    def obeyed(self, kiosk: Kiosk, told: Sequence[Obeyed]) -> None:
        """A box has told what became of its orders; told again it changes nothing."""
        if not told:
            return
        with self._database.writing() as session:
            for one in told:
                settled = session.execute(
                    update(OrderRow)
                    .where(OrderRow.kiosk == kiosk.id, OrderRow.id == one.id, OrderRow.outcome.is_(None))
                    .values(outcome=one.outcome, finished_at=self._clock())
                    .returning(OrderRow.kind)
                ).scalar_one_or_none()
                if settled is not None:
                    self._note(session, f"kiosk {kiosk.id}", f"{settled} {one.id}: {one.outcome}", "kiosk")

    def take_log(self, kiosk: Kiosk, content: LogEntry) -> None:
        """Keep the log an order has brought. Raises ``ValueError`` when nobody has ordered it of this box."""
        with self._database.writing() as session:
            row = session.get(OrderRow, content.order)
            if row is None or row.kiosk != kiosk.id or row.kind != OrderKind.LOG:
                raise ValueError("a log nobody has ordered")
            row.log = self._seal.close(content.lines)

    def of(self, kiosk: Kiosk, limit: int = 20) -> list[GivenOrder]:
        """The newest orders of a box first."""
        query = select(OrderRow).where(OrderRow.kiosk == kiosk.id).order_by(OrderRow.asked_at.desc()).limit(limit)
        oldest = self._clock() - LAPSES_AFTER
        with self._database.reading() as session:
            return [
                GivenOrder(
                    id=row.id,
                    kind=OrderKind(row.kind),
                    officer=row.officer,
                    asked_at=row.asked_at,
                    outcome=row.outcome,
                    finished_at=row.finished_at,
                    has_log=row.log is not None,
                    lapsed=row.outcome is None and row.asked_at <= oldest,
                )
                for row in session.scalars(query)
            ]

    def read_log(self, kiosk: Kiosk, id: str, officer: str, channel: str) -> str:
        """The log an order has brought; who reads it is noted. Raises :class:`NoSuchOrder`."""
        with self._database.writing() as session:
            row = session.get(OrderRow, id)
            if row is None or row.kiosk != kiosk.id or row.log is None:
                raise NoSuchOrder(id)
            self._note(session, officer, f"kiosk {kiosk.id}: read {row.kind} {id}", channel)
            return self._seal.open(row.log)

    def forget_old(self) -> int:
        """Delete what is kept long enough; how many orders that were."""
        with self._database.writing() as session:
            old = OrderRow.asked_at < self._clock() - KEPT_FOR
            return len(session.execute(delete(OrderRow).where(old).returning(OrderRow.id)).all())

    def _open(self, kiosk: str) -> tuple[ColumnElement[bool], ...]:
        newer = OrderRow.asked_at > self._clock() - LAPSES_AFTER
        return (OrderRow.kiosk == kiosk, OrderRow.outcome.is_(None), newer)

    def _note(self, session: Session, who: str, what: str, channel: str) -> None:
        self._audit.note_within(session, Deed.KIOSK_ORDER, who, what, channel)
