from __future__ import annotations

from datetime import UTC, datetime

from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.personal_records import Holding
from channels.sms.citizens.ticket_records import TicketRecords
from stores.database import Database
from stores.sealing import Seal
from tickets.store import TicketStore
from tickets.ticket import Draft, TicketKind


def test_the_tickets_of_one_number_are_counted_and_erased(citizens_database: Database, seal: Seal) -> None:
    tickets = TicketStore(citizens_database, seal, lambda: datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    for number, key in (("+84900000123", "a"), ("+84900000123", "b"), ("+84900000124", "c")):
        tickets.add(Draft(key=key, kind=next(iter(TicketKind)), channel="sms", contact=number))
    mine, other = (Citizen.of(phone, seal) for phone in ("0900000123", "+84900000124"))
    assert mine is not None
    assert other is not None
    records = TicketRecords(tickets)
    assert records.holding(mine) == Holding("tickets", 2)
    records.erase(mine)
    records.erase(mine)
    assert (records.holding(mine).entries, records.holding(other).entries) == (0, 1)
