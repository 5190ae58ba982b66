"""Rate limit of each route: a token bucket in the database, so that all workers together keep to it."""

from __future__ import annotations

import math
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from channels.sms.queue.tables import rates

BURST_SECONDS = 0.25
"""So much of a second's messages may go at once after a pause; providers count over a second or so."""


def filled(tokens: float, passed: float, per_second: float) -> float:
    """Tokens of a bucket after some seconds; at least one message always fits in."""
    return min(max(1.0, per_second * BURST_SECONDS), tokens + max(0.0, passed) * per_second)


class Rates:
    """A token bucket for each route.

    Args:
        is_sqlite: whether a writing transaction shuts out all others anyway.
    """

    def __init__(self, is_sqlite: bool) -> None:
        self._is_sqlite = is_sqlite

    def tokens(self, session: Session, route: str, per_second: float, now: float) -> float:
        """How many messages may go now; nobody else can spend them until the transaction ends."""
        query = select(rates.c.tokens, rates.c.filled_at).where(rates.c.route == route)
        row = session.execute(query if self._is_sqlite else query.with_for_update()).one_or_none()
        if row is None:
            insert: Any = sqlite.insert if self._is_sqlite else postgresql.insert
            session.execute(
                insert(rates).on_conflict_do_nothing(index_elements=["route"]),
                {"route": route, "tokens": filled(math.inf, 0.0, per_second), "filled_at": now},
            )
            row = session.execute(query if self._is_sqlite else query.with_for_update()).one()
        return filled(row.tokens, now - row.filled_at, per_second)

    def spend(self, session: Session, route: str, left: float, now: float) -> None:
        """Write down what is left."""
        session.execute(update(rates).where(rates.c.route == route).values(tokens=left, filled_at=now))
