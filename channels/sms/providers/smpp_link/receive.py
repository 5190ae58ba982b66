"""A citizen's message comes in over a link: stored, parts joined, before the centre hears that we have it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from channels.sms.providers.smpp_link.form import read_message
from channels.sms.providers.smpp_link.parts import PartStore, Whole
from channels.sms.routes.messages import IncomingMessage
from channels.sms.routes.route import Arrivals


class Receiving:
    """Blocking; one call at a time for each link.

    Args:
        route: name of the links' route.
        parts: keeps parts of long messages.
        now: the clock.
    """

    def __init__(self, route: str, parts: PartStore, now: Callable[[], datetime]) -> None:
        self._route = route
        self._parts = parts
        self._now = now

    def take(self, arrivals: Arrivals, pdu: Any) -> None:
        """Store what a ``deliver_sm`` brings; whatever it raises, the centre must bring it again."""
        found = read_message(pdu)
        if found.place is not None:
            whole = self._parts.add(found.sender, found.recipient, found.place, found.text or "")
            if whole is not None:
                self._bring(arrivals, whole)
            return
        media = 0 if found.text is not None else 1
        arrivals.message(
            IncomingMessage(self._route, found.sender, found.recipient, found.text or "", self._now(), media=media)
        )

    def bring_overdue(self, arrivals: Arrivals) -> None:
        """Store messages whose missing parts have been waited for."""
        for whole in self._parts.overdue():
            self._bring(arrivals, whole)

    def _bring(self, arrivals: Arrivals, whole: Whole) -> None:
        arrivals.message(IncomingMessage(self._route, whole.sender, whole.recipient, whole.text, self._now()))
        self._parts.drop(whole)
