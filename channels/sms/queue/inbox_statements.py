"""The inbox' statements, built once: working them out anew would cost more than running them."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import aliased

from channels.sms.queue.states import OPEN_INCOMING, IncomingState
from channels.sms.queue.tables import incoming

_earlier = aliased(incoming, name="earlier")

DUE = (
    select(incoming)
    .where(
        incoming.c.state == IncomingState.WAITING,
        incoming.c.next_try_at <= bindparam("of_now"),
        ~select(_earlier.c.id)
        .where(
            _earlier.c.person == incoming.c.person,
            _earlier.c.id < incoming.c.id,
            _earlier.c.state.in_(OPEN_INCOMING),
        )
        .exists(),
    )
    .order_by(incoming.c.id)
    .limit(bindparam("of_most"))
)

TAKE = (
    update(incoming)
    .where(incoming.c.id.in_(bindparam("of_ids", expanding=True)))
    .values(
        state=IncomingState.ANSWERING,
        lease_owner=bindparam("of_owner"),
        lease_until=bindparam("of_until"),
        attempts=incoming.c.attempts + 1,
    )
)

HAS_OPEN = (
    select(func.count())
    .select_from(incoming)
    .where(incoming.c.person == bindparam("of_person"), incoming.c.state.in_(OPEN_INCOMING))
)

BY_KEY = select(incoming.c.id, incoming.c.state).where(incoming.c.key == bindparam("of_key")).limit(1)

TWIN = (
    select(incoming.c.id, incoming.c.key, incoming.c.state)
    .where(
        incoming.c.twin == bindparam("of_twin"),
        incoming.c.key != bindparam("of_key"),
        incoming.c.received_at > bindparam("of_from"),
        incoming.c.received_at < bindparam("of_to"),
    )
    .limit(1)
)
