"""Conversations by text message as officers may read them: without numbers and names, as long as messages are kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import Row, select

from channels.sms.queue.content import Content
from channels.sms.queue.tables import incoming, outgoing
from language.redaction.personal_data import redact
from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal, SealBroken

MOST: Final = 2_000
"""Messages of a day that are gone through, the newest; each page opens only its own."""
HOWS: Final = ("answered", "failed", "ignored")
"""States of messages one may ask for."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message and what was answered."""

    at: datetime
    words: str
    """Redacted; empty where it was erased."""
    state: str
    answers: tuple[str, ...]


class Talks:
    """Safe to share between threads.

    Args:
        database: its tables are made.
        seal: opens texts.
        clock: the time, with zone.
    """

    def __init__(self, database: Database, seal: Seal, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    def of(self, day: date, state: str, limit: int, offset: int = 0) -> tuple[list[list[Said]], int]:
        """Conversations of a day, the newest first, each from its beginning; and how many there are.

        Args:
            day: in Vietnam.
            state: only those with a message of this state; empty: all.
            limit: so many at most.
            offset: so many are left out at the beginning.
        """
        first = datetime.combine(day, time(), VIETNAM)
        query = (
            select(incoming.c.id, incoming.c.person, incoming.c.state)
            .where(
                incoming.c.stored_at >= first.timestamp(),
                incoming.c.stored_at < (first + timedelta(days=1)).timestamp(),
            )
            .order_by(incoming.c.stored_at.desc())
            .limit(MOST)
        )
        talks: dict[str, list[int]] = defaultdict(list)
        wanted: dict[str, bool] = defaultdict(bool)
        with self._database.reading() as session:
            for row in session.execute(query):
                # Whose number was erased is nobody's conversation any more.
                person = row.person or f"erased {row.id}"
                talks[person].append(row.id)
                wanted[person] |= state in {"", row.state}
        chosen = [ids for person, ids in talks.items() if wanted[person]]
        shown = chosen[offset : offset + limit]
        said = self._said([id for ids in shown for id in ids])
        # From its beginning, though the newest conversation stands first.
        return [[said[id] for id in reversed(ids) if id in said] for ids in shown], len(chosen)

    def _said(self, ids: list[int]) -> dict[int, Said]:
        answers: dict[int, list[str]] = defaultdict(list)
        with self._database.reading() as session:
            for row in session.execute(select(outgoing).where(outgoing.c.answer_to.in_(ids)).order_by(outgoing.c.id)):
                answers[row.answer_to].append(self._words(row))
            return {
                row.id: Said(
                    datetime.fromtimestamp(row.stored_at, UTC),
                    self._words(row),
                    row.state,
                    tuple(answer for answer in answers[row.id] if answer),
                )
                for row in session.execute(select(incoming).where(incoming.c.id.in_(ids)))
            }

    def _words(self, row: Row[tuple[object, ...]]) -> str:
        try:
            return redact(Content.opened(row.sealed, self._seal).text)
        except (SealBroken, ValueError):
            return ""
