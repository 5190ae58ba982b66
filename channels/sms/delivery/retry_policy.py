"""Retries with back-off: what becomes of a message that could not be handed over. Pure, so that every case stands in a
table test.
"""

from __future__ import annotations

from collections.abc import Sequence

from channels.sms.queue.queued import Claimed, NotSent
from channels.sms.queue.states import OutgoingState
from channels.sms.routes.route import Fault, SendFailed
from runtime.backoff import Backoff

BACKOFF = Backoff(first=2.0, longest=300.0, least=0.25)
"""Between tries; nothing is ever tried again in the same moment."""

UNSURE_WAIT = 20.0
"""Seconds for which a receipt may still tell that a message was taken; operators send the first within seconds."""

TRIES_BEFORE_OTHER_ROUTE = 2
"""A message changes routes after so many tries even when its route works for others."""

LONG_WAIT = 10.0
"""Seconds; a message that would have to wait as long changes routes at once, since somebody waits for the answer."""


def after_failure(
    claimed: Claimed,
    failed: SendFailed,
    *,
    now: float,
    chance: float,
    others: Sequence[str],
    repeats_harmless: bool,
    still_unsure: bool,
) -> NotSent:
    """What to write into the row.

    Args:
        claimed: the message as it was claimed.
        failed: what the route said.
        now: seconds since 1970.
        chance: random number from 0 to 1.
        others: routes that work and have not refused the message, the best first.
        repeats_harmless: whether the provider knows the message by its reference.
        still_unsure: whether an earlier hand-over may have succeeded and nobody has found out.
    """
    tries = claimed.attempts + 1
    later = max(failed.retry_after or 0.0, BACKOFF.pause(tries, chance))

    def waiting(wait: float, *, route: str = claimed.route, attempts: int = tries, unsure: bool = False) -> NotSent:
        return NotSent(
            id=claimed.id,
            code=failed.code,
            state=OutgoingState.WAITING,
            route=route,
            next_try_at=now + wait,
            attempts=attempts,
            unsure_since=now if unsure else None,
            refused_by=claimed.refused_by,
        )

    if failed.fault is Fault.UNSURE or still_unsure:
        return waiting(later if repeats_harmless else max(UNSURE_WAIT, later), unsure=True)
    if failed.is_retryable:
        throttled = failed.fault is Fault.THROTTLED
        if others and (later >= LONG_WAIT or (tries >= TRIES_BEFORE_OTHER_ROUTE and not throttled)):
            return waiting(0.0, route=others[0], attempts=0)
        # Too fast is no failed try of this message.
        return waiting(later, attempts=claimed.attempts if throttled else tries)
    refused_by = (*claimed.refused_by, claimed.route)
    can_move = failed.elsewhere and bool(others)
    return NotSent(
        id=claimed.id,
        code=failed.code,
        state=OutgoingState.WAITING if can_move else OutgoingState.FAILED,
        route=others[0] if can_move else claimed.route,
        next_try_at=now,
        attempts=0 if can_move else tries,
        refused_by=refused_by,
    )
