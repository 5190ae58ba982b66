"""The way from a text message to officers: a call asked for, and messages while an officer writes with somebody."""

from __future__ import annotations

from channels.sms.answering.incoming import Incoming
from channels.sms.answering.own_words import own_lines
from channels.words import words
from contract.tried import Tried
from contract.turn import Channel
from runtime.clock import VIETNAM
from tickets.asked import AskedTickets, Proof
from tickets.desk import Desk
from tickets.numbers import grouped
from tickets.store import TicketStore
from tickets.ticket import Draft, Rating, TicketKind

_RATINGS = frozenset(str(int(rating)) for rating in Rating)


class ToOfficers:
    """Safe to share between threads; raises SQLAlchemy's errors when the database is away.

    Args:
        tickets: of this installation.
        desk: what officers do with them.
        asked: what is told of one.
    """

    def __init__(self, tickets: TicketStore, desk: Desk, asked: AskedTickets) -> None:
        self._tickets = tickets
        self._desk = desk
        self._asked = asked

    def hear(self, incoming: Incoming) -> bool:
        """Whether an officer is writing with this citizen, and has the message now."""
        return self._desk.hears(incoming.person, incoming.turn, incoming.text)

    def call_back(self, incoming: Incoming, tried: Tried = ()) -> tuple[str, ...]:
        """Keep the wish to be called, once as long as it is open; the texts that say until when.

        Args:
            incoming: the wish.
            tried: what the assistant tried before.
        """
        phone, language = incoming.citizen.phone, incoming.last.language
        ticket = self._tickets.open_call_back(phone) or self._tickets.add(
            Draft(
                key=f"call_back:sms:{incoming.turn}",
                kind=TicketKind.CALL_BACK,
                channel=Channel.SMS.value,
                contact=phone,
                language=language,
                procedure=next((step.procedure for step in reversed(tried) if step.procedure), None),
                tried=tried,
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
        """The texts that say how far a ticket is; what an officer answered only to the number it was made from."""
        told = self._asked.tell(number, incoming.last.language, Proof(phone=incoming.citizen.phone))
        return own_lines(incoming.style, incoming.last.language, list(told.lines))

    def rated(self, incoming: Incoming, rating: int, number: str = "") -> tuple[str, ...]:
        """Keep how somebody liked what was done; without a number it is the ticket they were asked about last."""
        phone, language = incoming.citizen.phone, incoming.last.language
        number = number or self._asked.to_rate(phone) or ""
        told = self._asked.thanks(number, Rating(rating), language, Proof(phone=phone))
        return own_lines(incoming.style, language, [told])

    def rated_bare(self, incoming: Incoming) -> tuple[str, ...]:
        """The same for a message of one digit; nothing where nobody was asked, or something else was asked since."""
        digit = incoming.text.strip(" .!")
        if digit not in _RATINGS or incoming.last.is_question or self._asked.to_rate(incoming.citizen.phone) is None:
            return ()
        return self.rated(incoming, int(digit))
