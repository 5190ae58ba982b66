"""Leaving a telephone number: to be called by an officer, or to get an answer as a text message."""

from __future__ import annotations

from typing import Final, Protocol

from contract.tried import Tried
from kiosk.words import words
from language.phone_number import InvalidPhoneNumber, PhoneKind, PhoneNumber
from runtime.clock import VIETNAM
from tickets.hours import office_hours
from tickets.numbers import grouped
from tickets.store import TicketStore
from tickets.ticket import Draft, Ticket, TicketKind

CALLABLE: Final = frozenset({PhoneKind.MOBILE, PhoneKind.LANDLINE})


class Texts(Protocol):
    """What sends text messages."""

    def send(self, key: str, number: str, text: str) -> bool:
        """Queue a text for a number in E.164; whether the queue took it."""
        ...


class LookUps(Protocol):
    """What keeps a look-up for the time when the line is back: :class:`kiosk.queue.keeping.Keeping`."""

    def status_request(
        self, code: str, last4: str, phone: str, language: str | None = None, key: str | None = None
    ) -> None:
        """Keep it, once for each key; raises ``ValueError`` for what no centre would take."""
        ...


def usable_number(typed: str, *, for_text: bool, beginnings: tuple[str, ...] = ("+84",)) -> PhoneNumber | None:
    """The number meant; None when it is none, takes no text messages where one is wanted, or begins otherwise.

    Args:
        typed: as the visitor wrote it.
        for_text: whether it must take text messages.
        beginnings: of numbers in E.164 that may be written to or called.
    """
    try:
        number = PhoneNumber.parse(typed)
    except InvalidPhoneNumber:
        return None
    wanted = {PhoneKind.MOBILE} if for_text else CALLABLE
    return number if number.kind in wanted and (number.e164 or "").startswith(beginnings) else None


def shown(number: PhoneNumber) -> str:
    """As people write and read it out: ``0900 000 123``; a number from abroad stays international."""
    address = number.e164 or ""
    if not address.startswith("+84"):
        return address
    national = "0" + address.removeprefix("+84")
    return f"{national[:4]} {national[4:7]} {national[7:]}"


def promised(ticket: Ticket, language: str, *, knows_when: bool = True) -> str:
    """What a visitor is told of a call-back, line by line: the number, until when, and in which hours officers call.

    Args:
        ticket: as it was kept.
        language: of the visitor.
        knows_when: whether the clock it was dated by is right; else nothing is promised by the hour.
    """
    wording = words()
    lines = [wording.text(language, "ticket_called", number=grouped(ticket.number))]
    if ticket.due_at is not None and knows_when:
        by = ticket.due_at.astimezone(VIETNAM)
        lines.append(wording.text(language, "ticket_by", time=f"{by:%H:%M}", day=f"{by:%d/%m/%Y}"))
    spans = "; ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in office_hours().spans)
    lines.append(wording.text(language, "ticket_hours", hours=spans))
    return "\n".join(lines)


def keep_call_back(
    tickets: TicketStore, key: str, number: PhoneNumber, procedure: str | None, origin: str, tried: Tried = ()
) -> Ticket:
    """Keep the wish to be called, with what the assistant tried before; the same key gives the same ticket."""
    return tickets.call_back(
        Draft(
            key=f"kiosk:call_back:{key}",
            kind=TicketKind.CALL_BACK,
            channel="kiosk",
            contact=number.e164,
            procedure=procedure,
            origin=origin,
            tried=tried,
        )
    )
