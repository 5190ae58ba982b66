"""Open messages of a restored database are held: what became of them since the backup nobody knows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from channels.sms.queue.states import OPEN_INCOMING, OPEN_OUTGOING, IncomingState, OutgoingState
from channels.sms.queue.tables import incoming, outgoing
from stores.database import Database

CAUSE = "restored"
"""Stands beside them for the operator; ``motcua sms retry --failed`` sends them all the same."""


def hold_open(database: Database) -> tuple[int, int]:
    """Settle everything that was open, so that nobody gets an answer or a notice twice.

    Returns:
        how many messages in, and how many out.
    """
    with database.writing() as session:
        inside: Any = session.execute(
            update(incoming)
            .where(incoming.c.state.in_(OPEN_INCOMING))
            .values(state=IncomingState.FAILED, cause=CAUSE, lease_owner=None, lease_until=None)
        )
        outside: Any = session.execute(
            update(outgoing)
            .where(outgoing.c.state.in_(OPEN_OUTGOING))
            .values(state=OutgoingState.FAILED, code=CAUSE, lease_owner=None, lease_until=None)
        )
        return int(inside.rowcount), int(outside.rowcount)
