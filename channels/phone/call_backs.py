"""Wishes to be called back become tickets for the officers."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from contract.turn import Channel
from runtime import logs
from tickets.store import TicketStore
from tickets.ticket import Draft, TicketKind

_log = logs.get(__name__)


class TicketCallBacks:
    """Keeps wishes as tickets.

    Args:
        tickets: of this installation.
    """

    def __init__(self, tickets: TicketStore) -> None:
        self._tickets = tickets

    def add(self, key: str, number: str, words: str, procedure: str | None) -> str | None:
        """Keep a wish; the ticket's number, None when the database is away."""
        draft = Draft(
            key=f"call_back:{key}",
            kind=TicketKind.CALL_BACK,
            channel=Channel.PHONE.value,
            contact=number,
            words=words,
            procedure=procedure,
        )
        try:
            return self._tickets.add(draft).number
        except SQLAlchemyError as error:
            _log.error("a call-back cannot be kept", cause=type(error).__name__)
            return None
