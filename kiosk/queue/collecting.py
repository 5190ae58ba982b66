"""Tickets and counts of this kiosk become entries: each moves in one transaction, so that it is never in neither."""

from __future__ import annotations

import secrets
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kiosk.protocol.entries import TicketEntry, UsageEntry
from kiosk.protocol.messages import EntryKind
from kiosk.queue.box_clock import Instant, Watch
from kiosk.queue.outgoing import NewEntry, Outgoing
from kiosk.queue.tables import UsageRow
from runtime import logs
from stores.database import Database
from tickets.store import TicketStore
from tickets.tables import TicketEventRow, TicketRow
from tickets.ticket import Ticket

FIGURES_AT_ONCE = 200
"""Figures of one day in one entry."""

TICKETS_AT_ONCE = 1000
"""Moved in one go; in ordinary life there is one."""

_log = logs.get(__name__)


class Collecting:
    """Moves what waits in other tables into the queue.

    Core and page keep tickets as everywhere; the row is the truth until the entry has taken its place.

    Args:
        database: of the kiosk.
        tickets: of the kiosk.
        outgoing: the queue.
        watch: dates tickets.
    """

    def __init__(self, database: Database, tickets: TicketStore, outgoing: Outgoing, watch: Watch) -> None:
        self._database = database
        self._tickets = tickets
        self._outgoing = outgoing
        self._watch = watch

    def tickets(self) -> int:
        """Move the tickets there are; returns how many.

        The number the citizen was told follows from the key, here and there.
        """
        moved = 0
        for ticket in self._tickets.find(limit=TICKETS_AT_ONCE):
            try:
                entry = self._entry(ticket)
            except ValueError as error:
                # It stays where it is, for an operator; the others must not wait for it.
                _log.error("a ticket cannot go to the centre", cause=type(error).__name__)
                continue
            with self._database.writing() as session:
                self._outgoing.add_within(session, entry)
                session.execute(delete(TicketEventRow).where(TicketEventRow.number == ticket.number))
                session.execute(delete(TicketRow).where(TicketRow.number == ticket.number))
            moved += 1
        return moved

    def usage(self, today: date) -> int:
        """Make entries of the days that are over; returns how many."""
        with self._database.writing() as session:
            days = session.scalars(select(UsageRow.day).where(UsageRow.day != today.isoformat()).distinct()).all()
            return sum(self._day(session, day) for day in days)

    def _day(self, session: Session, day: str) -> int:
        rows = session.scalars(select(UsageRow).where(UsageRow.day == day).order_by(UsageRow.figure)).all()
        batches = [rows[place : place + FIGURES_AT_ONCE] for place in range(0, len(rows), FIGURES_AT_ONCE)]
        for batch in batches:
            content = UsageEntry(day=day, counts={row.figure: row.count for row in batch})
            self._outgoing.add_within(session, NewEntry(EntryKind.USAGE, f"usage:{secrets.token_hex(12)}", content))
        session.execute(delete(UsageRow).where(UsageRow.day == day))
        return len(batches)

    def _entry(self, ticket: Ticket) -> NewEntry:
        draft, now = ticket.draft, self._watch.instant()
        content = TicketEntry(
            kind=draft.kind.value,
            channel=draft.channel,
            contact=draft.contact,
            words=draft.words[:2000],
            place=draft.place[:2000],
            procedure=draft.procedure,
            tried=draft.tried,
        )
        # The clock may have been set since, but hardly in the seconds a ticket waits here.
        wall = ticket.created_at.timestamp()
        age = now.wall - wall
        then = Instant(wall, now.boot, now.ticks - age) if 0 <= age < now.ticks else now
        return NewEntry(EntryKind.TICKET, draft.key, content, then)
