"""A citizen's tickets, as something kept about a person."""

from __future__ import annotations

from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.personal_records import Holding
from tickets.store import TicketStore


class TicketRecords:
    """Shows how many reports and requests came from a number, and erases them.

    Args:
        tickets: the store officers work with.
    """

    needs_proof = True

    def __init__(self, tickets: TicketStore) -> None:
        self._tickets = tickets

    def holding(self, citizen: Citizen) -> Holding:
        """How many there are; the day each is erased depends on when officers are done with it."""
        return Holding("tickets", self._tickets.count_of(citizen.phone))

    def erase(self, citizen: Citizen) -> None:
        """Erase them all, done or not: the wish to be forgotten ends the request as well."""
        self._tickets.erase(citizen.phone)
