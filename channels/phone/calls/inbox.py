"""Events of a call on their way from the carrier's callbacks to the session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from channels.phone.calls.carrier import Audio, Event, Gone

MOST_WAITING: Final = 500
"""Events (10 s of sound) a session may lag behind; then sound is dropped, keys and marks never."""
MOST_OF_ALL: Final = 2 * MOST_WAITING
"""Events from which the other side is flooding us, whatever it sends."""


class Inbox:
    """A queue that ends with :class:`Gone` and never grows without bound."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Event] = asyncio.Queue()
        self._is_closed = False

    def put(self, event: Event) -> None:
        """Add an event; what comes after the end, or is too much, is dropped."""
        waiting = self._queue.qsize()
        if self._is_closed or (isinstance(event, Audio) and waiting >= MOST_WAITING):
            return
        if isinstance(event, Gone):
            self._is_closed = True
        elif waiting >= MOST_OF_ALL:
            return
        self._queue.put_nowait(event)

    async def events(self) -> AsyncIterator[Event]:
        """The events in order, up to and with the end."""
        while True:
            event = await self._queue.get()
            yield event
            if isinstance(event, Gone):
                return
