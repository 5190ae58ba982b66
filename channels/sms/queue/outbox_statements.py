"""The outbox' statements, built once: working them out anew would cost more than running them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Double,
    Integer,
    Select,
    Text,
    Update,
    and_,
    bindparam,
    case,
    column,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from channels.sms.queue.states import OPEN_OUTGOING, OutgoingState
from channels.sms.queue.tables import outgoing

# "IN" would be spelt out for each run and cannot be run for many rows at once.
_IS_OPEN = or_(*(outgoing.c.state == state for state in OPEN_OUTGOING))

_PIECE: Final = 500
"""Messages named in one statement."""

_earlier = aliased(outgoing, name="earlier")

DUE = (
    select(outgoing)
    .where(
        outgoing.c.state == OutgoingState.WAITING,
        outgoing.c.route == bindparam("of_route", type_=Text()),
        outgoing.c.next_try_at <= bindparam("of_now", type_=Double()),
        outgoing.c.expires_at > bindparam("of_now", type_=Double()),
        ~select(_earlier.c.id)
        .where(
            _earlier.c.answer_to == outgoing.c.answer_to,
            _earlier.c.id < outgoing.c.id,
            _earlier.c.state.in_(OPEN_OUTGOING),
        )
        .exists(),
    )
    .order_by(outgoing.c.priority, outgoing.c.id)
    .limit(bindparam("of_most", type_=Integer()))
)

THERE = select(outgoing.c.reference).where(outgoing.c.reference.in_(bindparam("of_references", expanding=True)))

ON_THE_WAY = (
    select(func.count())
    .select_from(outgoing)
    .where(outgoing.c.state == OutgoingState.SENDING, outgoing.c.route == bindparam("of_route", type_=Text()))
)

TAKE = (
    update(outgoing)
    .where(outgoing.c.id.in_(bindparam("of_ids", expanding=True)))
    .values(
        state=OutgoingState.SENDING,
        lease_owner=bindparam("of_owner", type_=Text()),
        lease_until=bindparam("of_until", type_=Double()),
        attempts=outgoing.c.attempts + 1,
        attempts_in_all=outgoing.c.attempts_in_all + 1,
    )
)


def _handed(id: Any, provider_id: Any, segments: Any) -> Update:
    """A receipt may have come first: then it knows more than the call that returns now. Only when it spoke of an
    earlier hand-over of the same message does the newer one count.
    """
    is_newer = and_(
        outgoing.c.state == OutgoingState.FAILED,
        outgoing.c.provider_id.is_not(None),
        outgoing.c.provider_id != provider_id,
    )
    return (
        update(outgoing)
        .where(outgoing.c.id == id)
        .values(
            state=case((_IS_OPEN, OutgoingState.HANDED), (is_newer, OutgoingState.HANDED), else_=outgoing.c.state),
            provider_id=func.coalesce(provider_id, outgoing.c.provider_id),
            segments=func.coalesce(segments, outgoing.c.segments),
            handed_at=func.coalesce(outgoing.c.handed_at, bindparam("of_now", type_=Double())),
            lease_owner=None,
            lease_until=None,
            unsure_since=None,
        )
    )


HANDED = _handed(
    bindparam("of_id", type_=Integer()),
    bindparam("of_provider_id", type_=Text()),
    bindparam("of_segments", type_=Integer()),
)
"""One message that was handed over."""

_together = (
    func.unnest(
        bindparam("of_ids", type_=ARRAY(Integer())),
        bindparam("of_provider_ids", type_=ARRAY(Text())),
        bindparam("of_segments", type_=ARRAY(Integer())),
    )
    .table_valued(
        column("id", Integer()), column("provider_id", Text()), column("segments", Integer()), name="together"
    )
    .render_derived()
)

HANDED_TOGETHER = _handed(_together.c.id, _together.c.provider_id, _together.c.segments)
"""Many of them, on PostgreSQL: one statement takes two thirds of the time of one for each."""

NOT_SENT = (
    update(outgoing)
    .where(
        outgoing.c.id == bindparam("of_id", type_=Integer()),
        outgoing.c.state == OutgoingState.SENDING,
        outgoing.c.lease_owner == bindparam("of_owner", type_=Text()),
    )
    .values(
        state=bindparam("of_state", type_=Text()),
        route=bindparam("of_route", type_=Text()),
        next_try_at=bindparam("of_next_try_at", type_=Double()),
        attempts=bindparam("of_attempts", type_=Integer()),
        unsure_since=bindparam("of_unsure_since", type_=Double()),
        refused_by=bindparam("of_refused_by", type_=Text()),
        code=bindparam("of_code", type_=Text()),
        lease_owner=None,
        lease_until=None,
    )
)


def waiting_by_route(session: Session) -> Counter[str]:
    """How many messages wait on each route."""
    query = (
        select(outgoing.c.route, func.count())
        .where(outgoing.c.state == OutgoingState.WAITING)
        .group_by(outgoing.c.route)
    )
    return Counter(dict(session.execute(query).tuples().all()))


def references_in(session: Session, kept: Select[str]) -> list[str]:
    """References of messages, of texts that keep several with a blank between.

    Args:
        session: a reading one.
        kept: selects such texts.
    """
    return [reference for each in session.scalars(kept) for reference in each.split()]


def take_back(session: Session, references: Sequence[str], now: float) -> int:
    """Let nothing of these go out any more, and what is being handed over not a second time if that fails.

    Args:
        session: a writing one.
        references: of the messages.
        now: seconds since 1970.

    Returns:
        How many were still waiting.
    """
    taken = 0
    for start in range(0, len(references), _PIECE):
        mine = outgoing.c.reference.in_(references[start : start + _PIECE])
        # First this: whoever hands one over puts it back, if it fails, where its time is over.
        session.execute(update(outgoing).where(mine, outgoing.c.state.in_(OPEN_OUTGOING)).values(expires_at=now))
        waiting = update(outgoing).where(mine, outgoing.c.state == OutgoingState.WAITING)
        cancelled: Any = session.execute(waiting.values(state=OutgoingState.CANCELLED))
        taken += int(cancelled.rowcount)
    return taken
