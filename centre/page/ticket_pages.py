"""What citizens asked officers to do."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, request
from werkzeug.wrappers import Response as AnyResponse

from centre.officers import Duty
from centre.page.access import AT_ONCE, CentreParts, page, page_number, redirected, signed_in, turn_away, with_form
from centre.page.fleet import moment
from centre.page.words import say
from tickets.numbers import grouped, is_number
from tickets.store import NoSuchTicket
from tickets.ticket import OPENED, Ticket, TicketEvent, TicketState

LISTS: Final = {
    "": ("list_to_do", (TicketState.OPEN, TicketState.TAKEN)),
    **{state.value: (f"state_{state.value}", (state,)) for state in TicketState},
}
"""Tickets to choose from, by what stands in the address: name in the wording, and states."""


def add_tickets(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/tickets``."""

    @pages.get("/tickets")
    def tickets() -> AnyResponse:
        officer = signed_in(parts, Duty.TICKETS)
        asked = request.args.get("state", "")
        chosen = asked if asked in LISTS else ""
        states = LISTS[chosen][1]
        number, count = page_number(parts.tickets.count(states))
        found = parts.tickets.find(
            states=states,
            limit=AT_ONCE,
            offset=(number - 1) * AT_ONCE,
            # What waits longest is next; of what is done, the last is looked for.
            newest_first=chosen == "done",
        )
        return page(
            parts,
            "tickets.html",
            officer,
            rows=[_shown(ticket) for ticket in found],
            lists={key: (say(name), parts.tickets.count(states)) for key, (name, states) in LISTS.items()},
            chosen=chosen,
            number=number,
            pages_count=count,
        )

    @pages.get("/tickets/<number>")
    def ticket(number: str) -> AnyResponse:
        officer = signed_in(parts, Duty.TICKETS)
        try:
            # Leaves a trace of who looked, each time.
            found = parts.tickets.open(number if is_number(number) else "", officer.name)
        except NoSuchTicket:
            turn_away(parts, officer, "not_found", 404)
        history = _told(parts.tickets.history(number))
        draft, shown = found.draft, _shown(found)
        return page(
            parts,
            "ticket.html",
            officer,
            ticket=found,
            draft=draft,
            history=history,
            dial=_dial(draft.contact),
            **shown,
        )

    @pages.post("/tickets/<number>")
    def move_ticket(number: str) -> AnyResponse:
        officer = with_form(parts, Duty.TICKETS)
        try:
            state = TicketState(request.form.get("state", ""))
            parts.tickets.move(number if is_number(number) else "", state, officer.name)
        except (NoSuchTicket, ValueError):
            turn_away(parts, officer, "not_found", 404)
        return redirected("tickets") if state is TicketState.DONE else redirected("ticket", number=number)


def _shown(ticket: Ticket) -> dict[str, str]:
    draft = ticket.draft
    return {
        "number": ticket.number,
        "shown": grouped(ticket.number),
        "kind": say(f"kind_{draft.kind.value}"),
        "state": say(f"state_{ticket.state.value}"),
        "at": moment(ticket.created_at),
        "origin": draft.origin or say("from_centre", channel=say(f"channel_{draft.channel}")),
    }


def _told(events: list[TicketEvent]) -> list[dict[str, str]]:
    """The last deeds; whoever looks again and again is named once, at the last time."""
    told: list[TicketEvent] = []
    for event in events:
        if told and told[-1].what == event.what == OPENED and told[-1].officer == event.officer:
            told.pop()
        told.append(event)
    return [{"at": moment(event.at), "officer": event.officer, "did": say(f"did_{event.what}")} for event in told[-20:]]


def _dial(contact: str | None) -> str:
    """As people write it: ``0900 000 123``; a number from abroad stays as it is."""
    if not contact or not contact.startswith("+84"):
        return contact or ""
    national = "0" + contact.removeprefix("+84")
    return f"{national[:4]} {national[4:7]} {national[7:]}".strip()
