"""An answer for one's own telephone, from a box that has no way of its own to send messages."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from kiosk.queue.keeping import Keeping
from runtime import logs

_log = logs.get(__name__)


class QueuedTexts:
    """Hands texts to the centre, which sends them; what the page calls to send one.

    Args:
        keeping: the queue.
    """

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping

    def send(self, key: str, number: str, text: str) -> bool:
        """Queue a text; whether the queue took it."""
        try:
            self._keeping.text(number, text, key)
        except (SQLAlchemyError, ValueError) as error:
            _log.error("an answer cannot be kept for the centre", cause=type(error).__name__)
            return False
        return True
