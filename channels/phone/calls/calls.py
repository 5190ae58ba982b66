"""All calls of this process: how many there may be, and that none harms another."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import Final

from channels.phone.calls.carrier import Carrier, Gone, GoneBy
from channels.phone.calls.session import CallSession, Surroundings
from channels.phone.dialogue.carrier_protocol import HungUp, Move
from runtime import logs
from stores.sealing import Seal

LEAVE_SECONDS: Final = 20.0
"""What telling the dialogue that a caller is gone may take."""

STOPPING: Final = "stopping"
"""Why no call is taken while this process stops: another host may have it."""

_log = logs.get(__name__)


class Calls:
    """Takes calls.

    Args:
        around: what all calls share.
        seal: hides ids of calls in logs.
        most: calls at once.
        can_speak: whether there is a voice; without one no call is taken.
    """

    def __init__(
        self, around: Surroundings, seal: Seal, most: int, *, can_speak: Callable[[], bool] = lambda: True
    ) -> None:
        self._around = around
        self._seal = seal
        self._most = most
        self._can_speak = can_speak
        self._active: set[str] = set()
        self._is_stopping = False
        self._none = asyncio.Event()
        self._none.set()

    @property
    def active(self) -> int:
        """Calls going on."""
        return len(self._active)

    def refuses(self, kind: str, call_id: str = "") -> str | None:
        """Why a call cannot be taken now; None when it can. A refusal is counted and logged."""
        why = None
        if self._is_stopping:
            why = STOPPING
        elif len(self._active) >= self._most:
            why = "full"
        elif call_id in self._active:
            why = "twice"
        elif not self._can_speak():
            why = "no_voice"
        if why is not None:
            self.refused(kind, why)
        return why

    async def end(self, seconds: float) -> None:
        """Take no more, and let those there are come to their own end, for so many seconds at most."""
        self._is_stopping = True
        if self._active and seconds:
            _log.info("waiting for calls to end", calls=len(self._active), seconds=seconds)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._none.wait(), seconds)

    def refused(self, kind: str, why: str) -> None:
        """A carrier's listener has turned a call away."""
        self._around.figures.refused(kind, why)
        _log.warning("a call is not taken", carrier=kind, why=why)

    async def hold(self, carrier: Carrier, call_id: str, caller: str | None, *, comes_back: bool = False) -> None:
        """Hold a call to its end; whatever goes wrong in it ends here.

        Args:
            carrier: brings the sound.
            call_id: what the dialogue knows it by.
            caller: the caller's number, None when withheld.
            comes_back: whether a call whose sound broke off goes on another way.
        """
        conversation = "phone:" + self._seal.hash("phone", call_id)
        outcome, is_left = "failed", not comes_back
        self._active.add(call_id)
        self._none.clear()
        self._around.figures.began(carrier.kind)
        _log.info("call began", carrier=carrier.kind, conversation=conversation)
        try:
            gone = await CallSession(carrier, self._around, call_id, caller).run()
            outcome = gone.by.value if gone is not None else "done"
            is_left = gone is not None and (gone.by is GoneBy.CALLER or not comes_back)
            self._report(gone, carrier.kind, conversation)
        except asyncio.CancelledError:
            # This process stops. Where the provider goes on by itself the call is not over.
            outcome = "stopped"
            raise
        except Exception:
            _log.exception("a call failed", carrier=carrier.kind, conversation=conversation)
        finally:
            self._active.discard(call_id)
            self._around.figures.ended(carrier.kind, outcome)
            await self._close(carrier, call_id, is_left=is_left)
            if not self._active:
                self._none.set()
            _log.info("call ended", carrier=carrier.kind, conversation=conversation, outcome=outcome)

    async def _close(self, carrier: Carrier, call_id: str, *, is_left: bool) -> None:
        # The dialogue is told first: hanging up waits for the other side, and may be cancelled with its connection.
        leaving = self._leave(call_id) if is_left else None
        try:
            await carrier.hang_up()
        except Exception as error:
            _log.warning("a call could not be hung up", carrier=carrier.kind, cause=type(error).__name__)
        if leaving is None:
            return
        try:
            await asyncio.wait_for(leaving, LEAVE_SECONDS)
        except Exception as error:
            _log.warning("the dialogue was not told of a hang-up", cause=type(error).__name__)

    def _leave(self, call_id: str) -> asyncio.Future[Move]:
        loop, dialogue = asyncio.get_running_loop(), self._around.dialogue
        return loop.run_in_executor(self._around.threads, partial(dialogue.step, call_id, HungUp(), hears=False))

    @staticmethod
    def _report(gone: Gone | None, kind: str, conversation: str) -> None:
        if gone is not None and gone.by is not GoneBy.CALLER:
            _log.warning(
                "a call was cut off", carrier=kind, conversation=conversation, by=gone.by.value, cause=gone.why
            )
