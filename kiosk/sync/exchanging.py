"""One exchange with the centre: what waits goes up, what changed comes down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from kiosk.centre_link.client import Answer, Refused
from kiosk.crash_points import Step, no_step
from kiosk.dossiers.offline_dossiers import KeptDossiers
from kiosk.protocol.messages import Exchange, ExchangeAnswer, OffNow, State
from kiosk.queue.box_clock import Watch
from kiosk.queue.outgoing import Outgoing
from kiosk.sync.orders import Orders
from runtime.messages import Message
from stores.out_of_service import CENTRE, Off, OutOfService

Send = Callable[[str, str, bytes], Answer]


class Exchanging:
    """Safe to stop at any point: the centre does an entry once, however often it arrives.

    Args:
        send: signed requests to the centre.
        outgoing: the queue.
        kept: dossiers from the centre.
        watch: set by every answer.
        out_of_service: follows what the centre has taken off.
        orders: obeys the centre.
        state: how the kiosk is.
        step: told each step.
    """

    def __init__(
        self,
        send: Send,
        outgoing: Outgoing,
        kept: KeptDossiers,
        watch: Watch,
        out_of_service: OutOfService,
        orders: Orders,
        state: Callable[[], State],
        step: Step = no_step,
    ) -> None:
        self._send = send
        self._outgoing = outgoing
        self._kept = kept
        self._watch = watch
        self._out_of_service = out_of_service
        self._orders = orders
        self._state = state
        self._step = step

    def run(self) -> str | None:
        """Exchange until nothing waits on either side; the signed head of a bundle to bring, if there is one.

        Raises:
            SyncError: one of its kinds; what was done stays done.
        """
        while True:
            entries = self._outgoing.next()
            request = Exchange(
                state=self._state(), snapshot=self._kept.version, entries=entries, obeyed=self._orders.outcomes()
            )
            self._step("entries read")
            answer = self._send("POST", "/exchange", request.packed())
            self._step("answer received")
            self._watch.set(answer.time)
            try:
                said = ExchangeAnswer.from_packed(answer.body)
            except ValueError:
                raise Refused(Message("the centre's answer cannot be read: its program and ours differ")) from None
            # First of all: what must not be told is told no longer, whatever comes after.
            if said.off is not None:
                self._out_of_service.follow(map(_off, said.off))
                self._step("what is off followed")
            if entries:
                self._outgoing.done(said.cursor, said.refused)
                self._step("entries forgotten")
            self._orders.take(said.orders)
            self._step("orders taken")
            if said.snapshot is not None:
                self._kept.take(said.snapshot)
                self._step("dossiers kept")
            more = said.snapshot is not None and said.snapshot.more
            # A centre that does nothing must not be asked without end.
            if not more and not (entries and said.cursor >= entries[-1].sequence and self._outgoing.waiting()):
                return said.head


def _off(one: OffNow) -> Off:
    until = datetime.fromtimestamp(one.until, UTC) if one.until else None
    return Off(one.scope, one.words, datetime.fromtimestamp(one.since, UTC), until, CENTRE)
