"""Calls who is due for a warning, so many at once; lives in the event loop of the voice process."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal, Protocol

from sqlalchemy.exc import SQLAlchemyError

from channels.phone.calls.calls import Calls
from channels.phone.calls.carrier import Carrier
from channels.phone.calls.rtp import NoPort
from channels.phone.calls.session import Surroundings
from channels.phone.calls.sip_dialling import Failed, NotTaken
from channels.phone.warning_calls.figures import WarningCallFigures
from channels.phone.warning_calls.script import WarningScript
from channels.warnings.calls import DueCall
from channels.warnings.rules import CallRules, Outcome
from runtime import logs
from stores.sealing import Seal

LOOK_SECONDS: Final = 1.0
"""Between two looks for who is due, and for whether a warning still holds while a telephone rings."""
CALL_SECONDS: Final = 180.0
"""A call that warns ends after so long whatever happens in it; shorter than its lease."""
DATABASE_PAUSE: Final = 5.0
HOME_CODE: Final = "+84"

_MEANINGS: Final = {
    Failed.BUSY: Outcome.BUSY,
    Failed.NO_ANSWER: Outcome.NO_ANSWER,
    # Whoever pushes a call away is reached as little as whoever does not hear it ring.
    Failed.REFUSED: Outcome.NO_ANSWER,
    Failed.NO_NUMBER: Outcome.NO_NUMBER,
    Failed.FAILED: Outcome.FAILED,
}

_log = logs.get(__name__)


class Rings(Protocol):
    """What makes calls: :class:`channels.phone.calls.sip_line.SipLine`."""

    async def call(self, number: str, ring_seconds: float, given_up: asyncio.Event) -> Carrier:
        """Ring a number until the call is taken; raises NotTaken or NoPort."""
        ...


class DueCalls(Protocol):
    """Who is to be called: :class:`channels.warnings.calls.WarningCalls`. Its methods block and belong into threads."""

    def claim(self, owner: str, most: int) -> list[DueCall]:
        """Those to be called now."""
        ...

    def settle(self, due: DueCall, outcome: Outcome, *, answered: bool, owner: str) -> None:
        """Write down what became of a call."""
        ...

    def goes_on(self, warning: int) -> bool:
        """Whether a warning still holds."""
        ...


class WarningDialler:
    """Calls.

    Args:
        due: who is to be called, and what became of it.
        line: makes the calls.
        around: what calls share; the dialogue is ours.
        seal: hides ids of calls in logs.
        rules: how long it rings, how often the warning is said.
        lines: calls at once.
        owner: whose leases the rows are claimed with.
        figures: counts.
        can_speak: whether there is a voice; without one nobody is called.
        form: how the exchange wants Vietnamese numbers.
    """

    def __init__(
        self,
        due: DueCalls,
        line: Rings,
        around: Surroundings,
        seal: Seal,
        rules: CallRules,
        *,
        lines: int,
        owner: str,
        figures: WarningCallFigures,
        can_speak: Callable[[], bool] = lambda: True,
        form: Literal["national", "international"] = "national",
    ) -> None:
        self._due = due
        self._line = line
        self._around = around
        self._seal = seal
        self._rules = rules
        self._lines = lines
        self._owner = owner
        self._figures = figures
        self._can_speak = can_speak
        self._form = form
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Call until cancelled; calls that go on then end."""
        going: set[asyncio.Task[None]] = set()
        try:
            while True:
                room = self._lines - len(going)
                pause = LOOK_SECONDS
                if room > 0 and self._can_speak():
                    try:
                        claimed = await asyncio.to_thread(self._due.claim, self._owner, room)
                    except SQLAlchemyError as error:
                        _log.error("who is to be warned cannot be read", cause=type(error).__name__)
                        claimed, pause = [], DATABASE_PAUSE
                    except Exception:
                        # Nobody waits for this task: one that ended would be missed by nobody.
                        _log.exception("who is to be warned cannot be told")
                        claimed, pause = [], DATABASE_PAUSE
                    for one in claimed:
                        task = asyncio.create_task(self._warn(one))
                        going.add(task)
                        task.add_done_callback(going.discard)
                        task.add_done_callback(lambda _task: self._ended.set())
                self._figures.active(len(going))
                self._ended.clear()
                try:
                    # A line that is free again is used at once.
                    await asyncio.wait_for(self._ended.wait(), pause)
                except TimeoutError:
                    continue
        finally:
            for task in going:
                task.cancel()
            await asyncio.gather(*going, return_exceptions=True)
            self._figures.active(0)

    async def _warn(self, due: DueCall) -> None:
        script = WarningScript(due, self._rules.said)
        try:
            outcome = await self._called(due, script)
        except Exception:
            _log.exception("a call that warns failed")
            outcome = Outcome.FAILED
        if script.confirmed:
            outcome = Outcome.CONFIRMED
        self._figures.ended(outcome)
        _log.info("a call that warns ended", warning=due.warning, outcome=outcome.value)
        await self._settle(due, outcome, answered=script.answered)

    async def _called(self, due: DueCall, script: WarningScript) -> Outcome:
        given_up = asyncio.Event()
        watching = asyncio.create_task(self._watch(due, given_up))
        try:
            carrier = await self._line.call(dialled(due.phone, self._form), self._rules.ring_seconds, given_up)
        except NotTaken as failed:
            return Outcome.ENDED if given_up.is_set() else _MEANINGS[failed.why]
        except NoPort:
            _log.error("no port for the sound of a call that warns")
            return Outcome.FAILED
        finally:
            watching.cancel()
        if given_up.is_set():
            # Taken in the moment the warning was taken back: it must not be said any more.
            await carrier.hang_up()
            return Outcome.ENDED
        # Whoever listens is silent, and many telephones then send nothing.
        around = replace(self._around, dialogue=script, quiet_seconds=CALL_SECONDS)
        calls = Calls(around, self._seal, 1)
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await calls.hold(carrier, f"warning.{secrets.token_hex(16)}", None)
        except TimeoutError:
            _log.warning("a call that warns went on for too long", warning=due.warning)
        return Outcome.NO_KEY

    async def _watch(self, due: DueCall, given_up: asyncio.Event) -> None:
        """Ring no longer for a warning that was taken back."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                if not await asyncio.to_thread(self._due.goes_on, due.warning):
                    given_up.set()
                    return
            except SQLAlchemyError as error:
                _log.error("whether a warning still holds cannot be read", cause=type(error).__name__)

    async def _settle(self, due: DueCall, outcome: Outcome, *, answered: bool) -> None:
        """Write it down however long the database is away: somebody who confirmed is not called again."""
        while True:
            try:
                await asyncio.to_thread(lambda: self._due.settle(due, outcome, answered=answered, owner=self._owner))
            except SQLAlchemyError as error:
                _log.error("how a call that warns ended cannot be written", cause=type(error).__name__)
                await asyncio.sleep(DATABASE_PAUSE)
            else:
                return


def dialled(phone: str, form: Literal["national", "international"]) -> str:
    """A number in E.164 as an exchange wants it."""
    return "0" + phone.removeprefix(HOME_CODE) if form == "national" and phone.startswith(HOME_CODE) else phone
