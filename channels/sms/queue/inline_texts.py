"""Texts that go out inside the response to a webhook instead of through a route."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, update

from channels.sms.queue.content import Content
from channels.sms.queue.leases import Lease
from channels.sms.queue.states import OPEN_OUTGOING, OutgoingState
from channels.sms.queue.tables import outgoing
from stores.database import Database
from stores.sealing import Seal, SealBroken


@dataclass(frozen=True, slots=True)
class InlineText:
    """One text for the response."""

    reference: str
    text: str


class InlineTexts:
    """Every method raises SQLAlchemy's errors when the database is away.

    Args:
        database: its tables are made.
        seal: opens texts.
        clock: seconds since 1970.
    """

    def __init__(self, database: Database, seal: Seal, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    def take(self, answer_to: int, lease: Lease, dead: Sequence[str] = ()) -> list[InlineText] | None:
        """The texts of an answer that no provider has yet, leased to the caller; None while another one sends them.

        Args:
            answer_to: id of the incoming message.
            lease: the caller's.
            dead: owners known to be gone, whose leases need not run out.
        """
        held = (outgoing.c.state == OutgoingState.SENDING) & (outgoing.c.lease_until >= self._clock())
        is_held = (held & outgoing.c.lease_owner.not_in(dead)).label("is_held")
        query = (
            select(outgoing, is_held)
            .where(outgoing.c.answer_to == answer_to, outgoing.c.state.in_(OPEN_OUTGOING))
            .order_by(outgoing.c.id)
        )
        texts = []
        with self._database.writing() as session:
            rows = session.execute(query if self._database.is_sqlite else query.with_for_update()).all()
            if any(row.is_held for row in rows):
                return None
            for row in rows:
                try:
                    texts.append(InlineText(row.reference, Content.opened(row.sealed, self._seal).text))
                except SealBroken:
                    continue
                session.execute(
                    update(outgoing)
                    .where(outgoing.c.id == row.id)
                    .values(state=OutgoingState.SENDING, lease_owner=lease.owner, lease_until=lease.until)
                )
        return texts

    def handed(self, references: Sequence[str], owner: str) -> None:
        """The response with these texts has been written to the provider's connection."""
        with self._database.writing() as session:
            session.execute(
                update(outgoing)
                .where(*_on_their_way(references, owner))
                .values(
                    state=OutgoingState.HANDED,
                    handed_at=func.coalesce(outgoing.c.handed_at, self._clock()),
                    lease_owner=None,
                    lease_until=None,
                    unsure_since=None,
                )
            )

    def give_back(self, references: Sequence[str], owner: str) -> None:
        """The response with these texts could not be written: they may go in another one, or by another way."""
        with self._database.writing() as session:
            session.execute(
                update(outgoing)
                .where(*_on_their_way(references, owner))
                .values(state=OutgoingState.WAITING, lease_owner=None, lease_until=None)
            )


def _on_their_way(references: Sequence[str], owner: str) -> tuple[ColumnElement[bool], ...]:
    """Texts of these references that ``owner`` still holds."""
    return (
        outgoing.c.reference.in_(references),
        outgoing.c.state == OutgoingState.SENDING,
        outgoing.c.lease_owner == owner,
    )
