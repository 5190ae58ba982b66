"""Delivery receipts, what providers say about messages they took: matched to the message, never turning it back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update
from sqlalchemy.orm import Session

from channels.sms.queue.states import OPEN_OUTGOING, OutgoingState
from channels.sms.queue.tables import early_receipts, outgoing
from channels.sms.routes.messages import Delivery, Receipt
from stores.database import Database

EARLY_SECONDS = 600.0
"""A receipt may come before the sending call has returned; after so long it belongs to no message of ours."""

_BEFORE: dict[Delivery, tuple[OutgoingState, ...]] = {
    Delivery.HANDED: OPEN_OUTGOING,
    Delivery.DELIVERED: (
        *OPEN_OUTGOING,
        OutgoingState.HANDED,
        # Receipts overtake each other, and who has the message on the telephone has it.
        OutgoingState.FAILED,
        OutgoingState.EXPIRED,
    ),
    Delivery.FAILED: (*OPEN_OUTGOING, OutgoingState.HANDED),
}
"""States a receipt may change; in all others it comes too late to say anything new."""


class Receipts:
    """Every method raises SQLAlchemy's errors when the database is away.

    Args:
        database: its tables are made.
        clock: seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def record(self, receipt: Receipt) -> bool:
        """Write down a receipt; False when it belongs to no message we know yet.

        With a provider's id it is kept for a while all the same: it may have come before we knew that id.
        """
        ways = [replace(receipt, provider_id=id, also=()) for id in (receipt.provider_id, *receipt.also)]
        with self._database.writing() as session:
            for way in ways:
                if self._matches(session, way):
                    self._apply(session, way)
                    return True
            for way in ways:
                if way.provider_id is not None:
                    session.execute(
                        insert(early_receipts).values(
                            route=way.route,
                            provider_id=way.provider_id,
                            delivery=way.delivery,
                            code=way.code or "",
                            at=self._clock(),
                        )
                    )
            return False

    def match_early(self) -> tuple[int, int]:
        """Match receipts that came before their message's provider id; drop those that never will.

        Returns:
            how many were matched, and how many dropped.
        """
        matched = 0
        known = and_(outgoing.c.route == early_receipts.c.route, outgoing.c.provider_id == early_receipts.c.provider_id)
        with self._database.reading() as session:
            if not session.scalar(select(func.count()).select_from(early_receipts)):
                return 0, 0
        with self._database.writing() as session:
            rows = session.execute(
                select(early_receipts, outgoing.c.reference).join(outgoing, known).order_by(early_receipts.c.id)
            ).all()
            for row in rows:
                receipt = Receipt(row.route, Delivery(row.delivery), row.provider_id, row.reference, row.code or None)
                self._apply(session, receipt)
                matched += 1
            session.execute(delete(early_receipts).where(early_receipts.c.id.in_([row.id for row in rows])))
            dropped: Any = session.execute(
                delete(early_receipts).where(early_receipts.c.at < self._clock() - EARLY_SECONDS)
            )
        return matched, int(dropped.rowcount)

    def _matches(self, session: Session, receipt: Receipt) -> bool:
        return session.execute(select(outgoing.c.id).where(_of(receipt)).limit(1)).first() is not None

    def _apply(self, session: Session, receipt: Receipt) -> None:
        now = self._clock()
        state = OutgoingState(receipt.delivery.value)
        values: dict[str, object] = {
            "state": state,
            "provider_id": func.coalesce(receipt.provider_id, outgoing.c.provider_id),
            "lease_owner": None,
            "lease_until": None,
            "unsure_since": None,
        }
        if state is OutgoingState.FAILED:
            values["code"] = receipt.code or "failed"
        else:
            values["code"] = ""
            values["handed_at"] = func.coalesce(outgoing.c.handed_at, now)
        if state is OutgoingState.DELIVERED:
            values["delivered_at"] = now
        session.execute(
            update(outgoing).where(_of(receipt), outgoing.c.state.in_(_BEFORE[receipt.delivery])).values(values)
        )


def _of(receipt: Receipt) -> ColumnElement[bool]:
    """The message a receipt is about: by our reference, else by the provider's id."""
    if receipt.reference is not None:
        return outgoing.c.reference == receipt.reference
    return and_(outgoing.c.route == receipt.route, outgoing.c.provider_id == receipt.provider_id)
