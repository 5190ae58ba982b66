"""The way from a text message to officers: a call asked for, and messages while an officer writes with somebody."""

from __future__ import annotations

from channels.sms.answering.incoming import Incoming
from channels.sms.answering.own_words import own_lines
from channels.words import words
from contract.turn import Channel
from contract.wording import wording_of
from language import data
from runtime.clock import VIETNAM
from tickets.desk import Desk
from tickets.numbers import grouped, is_number
from tickets.store import NoSuchTicket, TicketStore
from tickets.telling import told_state
from tickets.ticket import Draft, TicketKind


class ToOfficers:
    """Safe to share between threads; raises SQLAlchemy's errors when the database is away.

    Args:
        tickets: of this installation.
        desk: what officers do with them.
    """

    def __init__(self, tickets: TicketStore, desk: Desk) -> None:
        self._tickets = tickets
        self._desk = desk

    def hear(self, incoming: Incoming) -> bool:
        """Whether an officer is writing with this citizen, and has the message now."""
        return self._desk.hears(incoming.person, incoming.turn, incoming.text)

    def call_back(self, incoming: Incoming) -> tuple[str, ...]:
        """Keep the wish to be called, once as long as it is open; the texts that say until when."""
        phone, language = incoming.citizen.phone, incoming.last.language
        ticket = self._tickets.open_call_back(phone) or self._tickets.add(
            Draft(
                key=f"call_back:sms:{incoming.turn}",
                kind=TicketKind.CALL_BACK,
                channel=Channel.SMS.value,
                contact=phone,
                language=language,
            )
        )
        number, due = grouped(ticket.number), ticket.due_at
        if due is None or due < incoming.received_at:
            told = words().text(language, "sms_call_back_soon", number=number)
        else:
            by = due.astimezone(VIETNAM)
            told = words().text(language, "sms_call_back", number=number, time=f"{by:%H:%M}", day=f"{by:%d/%m}")
        return own_lines(incoming.style, language, [told])

    def state_of(self, incoming: Incoming, number: str) -> tuple[str, ...]:
        """The texts that say how far a ticket is: to whoever has its number, since nothing personal stands in them."""
        replies, language = wording_of(data.folder()).room("replies"), incoming.last.language
        if not is_number(number):
            told = replies.text(language, "state_mistyped", number=grouped(number))
        else:
            try:
                told = told_state(self._tickets.get(number), incoming.received_at, replies, language)
            except NoSuchTicket:
                told = replies.text(language, "state_unknown", number=grouped(number))
        return own_lines(incoming.style, language, [told])
