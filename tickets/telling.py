"""How far a ticket is, in a sentence for whoever has its number. Nothing of what was said stands in it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from contract.wording import Wording
from runtime.clock import VIETNAM
from tickets.numbers import grouped, spelled
from tickets.ticket import Ticket, TicketState

_EAR: Final = "phone"


def number_on(channel: str | None, number: str) -> str:
    """A ticket's number as it is told: digit by digit to the ear, since eight of them are no amount."""
    return spelled(number) if channel == _EAR else grouped(number)


def told_state(ticket: Ticket, now: datetime, wording: Wording, language: str, channel: str | None = None) -> str:
    """The sentence.

    Args:
        ticket: as kept.
        now: with zone; a promise that is over is told as that.
        wording: the room ``replies``.
        language: BCP 47 primary tag.
        channel: on which it is told, where that needs other words.
    """

    def say(key: str, **values: object) -> str:
        return wording.text(language, key, channel, number=number_on(channel, ticket.number), **values)

    if ticket.state is TicketState.DONE:
        return say(f"closed_{ticket.outcome}") if ticket.outcome is not None else say("state_closed")
    if ticket.state is TicketState.PASSED and ticket.agency:
        return say("passed_on", agency=ticket.agency)
    if ticket.answered_at is not None:
        return say("state_answered")
    if ticket.is_overdue(now) or ticket.due_at is None:
        return say("state_late" if ticket.due_at is not None else "state_waits")
    by = ticket.due_at.astimezone(VIETNAM)
    key = "state_taken" if ticket.state is TicketState.TAKEN else "state_promised"
    return say(key, time=f"{by:%H:%M}", day=f"{by:%d/%m}")
