"""What became of a message we sent (delivery receipt), of one part or of several."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from channels.sms.providers.smpp_link.receipts import Reported
from channels.sms.routes.messages import Delivery, Receipt
from channels.sms.routes.route import Arrivals

REMEMBERED = 20_000
"""Ids of parts before the last one, whose failing fails the message."""


class Statuses:
    """A message in parts is what its last part becomes; an earlier part that fails fails it.

    Args:
        route: name of the links' route.
    """

    def __init__(self, route: str) -> None:
        self._route = route
        self._earlier_parts: OrderedDict[str, str] = OrderedDict()

    def sent(self, ids: Sequence[str]) -> None:
        """The operator's ids of one message's parts, in order."""
        for id in ids[:-1]:
            self._earlier_parts[id] = ids[-1]
        while len(self._earlier_parts) > REMEMBERED:
            self._earlier_parts.popitem(last=False)

    def take(self, arrivals: Arrivals, reported: Reported) -> None:
        """Store a receipt, where it says something."""
        if reported.delivery is None or not reported.id:
            return
        writings = (reported.id, *reported.also)
        last = next((self._earlier_parts[one] for one in writings if one in self._earlier_parts), None)
        if last is not None and reported.delivery is not Delivery.FAILED:
            return
        id, also = (last, ()) if last is not None else (reported.id, reported.also)
        arrivals.receipt(Receipt(self._route, reported.delivery, id, code=reported.code, also=also))
