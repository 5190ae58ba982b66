"""Wishes to be called back become tickets for the officers."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from contract.tried import Tried
from contract.turn import Channel
from runtime import logs
from stores.limiter import Limiter
from tickets.store import TicketStore
from tickets.ticket import Draft, TicketKind

_log = logs.get(__name__)


class TicketCallBacks:
    """Keeps wishes as tickets.

    Args:
        tickets: of this installation.
        limiter: how many there may be in an hour.
        tried: what the assistant tried in a conversation before.
    """

    def __init__(
        self, tickets: TicketStore, limiter: Limiter, tried: Callable[[str], Tried] = lambda conversation: ()
    ) -> None:
        self._tried = tried
        self._tickets = tickets
        self._limiter = limiter

    def add(self, key: str, number: str, words: str, procedure: str | None) -> str | None:
        """Keep a wish; the ticket's number, None when there are too many or the database is away.

        Args:
            key: the conversation: one wish a call.
            number: to be called.
            words: what the officer reads.
            procedure: code of the one talked of last.
        """
        draft = Draft(
            key=f"call_back:{key}",
            kind=TicketKind.CALL_BACK,
            channel=Channel.PHONE.value,
            contact=number,
            words=words,
            procedure=procedure,
            tried=self._tried(key),
        )
        if not self._limiter.allows("call_backs_hour", once=key):
            return None
        try:
            return self._tickets.call_back(draft).number
        except SQLAlchemyError as error:
            _log.error("a call-back cannot be kept", cause=type(error).__name__)
            return None
