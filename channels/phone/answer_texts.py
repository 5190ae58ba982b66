"""An answer heard on the telephone, sent as text messages through the queue all messages take."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from channels.rendering.pages import paginate
from channels.rendering.sms import SmsStyle
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.queued import NewMessage
from channels.sms.queue.wake import Wake
from channels.sms.routes.messages import Kind
from runtime import logs
from stores.limiter import Limiter
from stores.sealing import Seal

_log = logs.get(__name__)


class OutboxTexts:
    """Puts answers into the outbox.

    Args:
        outbox: the queue of outgoing messages.
        wake: tells the worker that there is something to send.
        seal: makes the keyed hash of the recipient.
        style: how text messages are written.
        limiter: how many one number gets, and all together.
        beginnings: of numbers that are written to: a wish must not pump messages to dear numbers abroad.
    """

    def __init__(
        self, outbox: Outbox, wake: Wake, seal: Seal, style: SmsStyle, limiter: Limiter, beginnings: tuple[str, ...]
    ) -> None:
        self._outbox = outbox
        self._wake = wake
        self._seal = seal
        self._style = style
        self._limiter = limiter
        self._beginnings = beginnings

    def send(self, key: str, number: str, text: str) -> bool:
        """Queue the whole text, in as many messages as it takes; whether the queue took it."""
        if not number.startswith(self._beginnings):
            _log.warning("no text to a number of that beginning")
            return False
        if not (self._limiter.allows("texts_number", number, key) and self._limiter.allows("texts_hour", once=key)):
            return False
        pages = paginate(text.split("\n"), self._style.fits)
        person = self._seal.hash("sms", number)
        messages = [
            NewMessage(f"call:{key}:{index}", number, self._style.write(page), Kind.ANSWER, person)
            for index, page in enumerate(pages)
        ]
        try:
            self._outbox.add(messages)
        except SQLAlchemyError as error:
            _log.error("an answer cannot be queued as a text message", cause=type(error).__name__)
            return False
        self._wake.outgoing()
        return True
