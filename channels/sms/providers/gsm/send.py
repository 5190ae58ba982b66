"""The modem as a route: messages handed over one by one."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from datetime import datetime
from sqlite3 import DatabaseError

from channels.sms.providers.gsm.configuration import ModemAddress, configuration
from channels.sms.providers.gsm.lines import Line
from channels.sms.providers.gsm.modem import Modem
from channels.sms.providers.gsm.receive import PARTS_WAIT_SECONDS, Bringing
from channels.sms.providers.gsm.smsd import find_program
from channels.sms.providers.gsm.spool import Progress, Spool, Stage
from channels.sms.providers.gsm.tables import NO_CODE, ROUTE, refusal
from channels.sms.providers.gsm.watch import ModemState
from channels.sms.routes.messages import Handed, OutgoingMessage
from channels.sms.routes.route import Arrivals, Fault, Limits, SendFailed
from runtime.messages import Message
from runtime.settings import Settings, SettingsError
from stores.sealing import Seal

LONGEST = 1530
"""Characters: ten parts without diacritics."""

WINDOW = 2
"""One message is being sent and one is next; a third would only wait where no other route can have it."""

POLL_SECONDS = 0.25
PATIENCE_SECONDS = 60.0
"""How long a message may wait behind another one before it goes back."""

PART_SECONDS = 45.0
"""More than smsd waits for the network to take one part."""

CODE_SECONDS = 2.0
"""smsd notes that a try failed, and only then, in another transaction, the modem's code for it."""

TRIES_OF_THE_REST = 3
"""How often the remaining parts of a message are tried when the first ones are out."""

_RECIPIENT = re.compile(r"\+?\d{3,15}")


class GsmRoute:
    """A modem of this machine.

    "Handed over" means here that the network's centre has taken every part: the queue inside smsd stays as short
    as the window, so that another route can have the messages when the modem is lost.

    Args:
        spool: what smsd works on.
        modem: keeps smsd running.
        seal: hashes the identity of what came in.
        number: ours, as citizens dial it.
        per_second: messages a second at most.
        now: the clock.
        parts_wait_seconds: how long missing parts of a message are awaited.
        patience_seconds: how long a message may wait behind others.
        name: of the route.
        per_day: segments a day at most.
    """

    def __init__(
        self,
        spool: Spool,
        modem: Modem,
        seal: Seal,
        number: str,
        per_second: float,
        now: Callable[[], datetime],
        parts_wait_seconds: float = PARTS_WAIT_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
        name: str = ROUTE,
        per_day: int | None = None,
    ) -> None:
        self._name = name
        self._spool = spool
        self._modem = modem
        self._limits = Limits(per_second=per_second, window=WINDOW, longest=LONGEST, idempotent=False, per_day=per_day)
        self._bringing = Bringing(spool, name, seal, number, now, parts_wait_seconds)
        self._patience = patience_seconds

    @classmethod
    def on_line(cls, line: Line, settings: Settings, seal: Seal, now: Callable[[], datetime]) -> GsmRoute:
        """As the settings say.

        Raises:
            SettingsError: gammu-smsd is not installed, or a value cannot stand in its file.
        """
        file = settings.data_path.resolve() / "gsm" / line.name / "spool.db"
        address = ModemAddress(line.device, line.connection, line.pin)
        program = find_program()
        try:
            configuration(address, file)
        except ValueError as error:
            if line.name:
                raise SettingsError(Message("MOTCUA_GSM_MODEMS: {error}", error=error)) from None
            raise SettingsError(
                Message("MOTCUA_GSM_DEVICE, MOTCUA_GSM_CONNECTION or MOTCUA_GSM_PIN: {error}", error=error)
            ) from None
        spool = Spool(file)
        modem = Modem(program, address, spool, file, seal, line.route)
        return cls(spool, modem, seal, line.number, line.per_second, now, name=line.route, per_day=line.per_day)

    @property
    def name(self) -> str:
        """``gsm``, or ``gsm_NAME``."""
        return self._name

    @property
    def limits(self) -> Limits:
        """What a modem bears: seconds a part."""
        return self._limits

    @property
    def modem(self) -> Modem:
        """The keeper of smsd."""
        return self._modem

    async def send(self, message: OutgoingMessage) -> Handed:
        """Have a message sent, and wait until the network has taken it.

        Raises:
            SendFailed: it did not, or may not, have taken it; :attr:`Fault.UNSURE` only where the modem was lost
                or fell silent while it was at this very message.
        """
        if not _RECIPIENT.fullmatch(message.recipient):
            raise SendFailed(Fault.PERMANENT, "bad_number", "the recipient is no telephone number")
        try:
            if (await asyncio.to_thread(self._spool.progress, message.reference)).stage is not Stage.SENT:
                await self._require_modem()
                await asyncio.to_thread(self._spool.put, message.reference, message.recipient, message.text)
            return await self._wait_for(message.reference)
        except DatabaseError as error:
            raise SendFailed(Fault.UNSURE, "spool", type(error).__name__) from None
        except ValueError as error:
            raise SendFailed(Fault.PERMANENT, "too_long", str(error)) from None

    async def look_up(self, message: OutgoingMessage) -> Handed | None:
        """Whether the network has taken a message; None also when the modem was lost over it."""
        progress = await asyncio.to_thread(self._spool.progress, message.reference)
        return Handed(None, progress.parts) if progress.stage is Stage.SENT else None

    async def run(self, arrivals: Arrivals) -> None:
        """Keep the modem connected, and bring what came in."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._modem.keep())
            tasks.create_task(self._bringing.run(arrivals))

    async def close(self) -> None:
        """Close the spool; smsd ended with :meth:`run`."""
        self._spool.close()

    async def _require_modem(self) -> None:
        row = await asyncio.to_thread(self._spool.modem)
        if row.state != ModemState.READY:
            raise SendFailed(Fault.RETRYABLE, f"modem_{row.state}", "the modem is not there; see docs/gsm-modem.md")

    async def _wait_for(self, reference: str) -> Handed:
        began = time.monotonic()
        sent, moved, tries = 0, began, 1
        failed_at: float | None = None
        try:
            while True:
                progress = await asyncio.to_thread(self._spool.progress, reference)
                if progress.sent != sent:
                    sent, moved = progress.sent, time.monotonic()
                match progress.stage:
                    case Stage.SENT:
                        return Handed(None, progress.parts)
                    case Stage.REFUSED:
                        failed_at = failed_at or time.monotonic()
                        if progress.code > 0 or time.monotonic() - failed_at >= CODE_SECONDS:
                            tries, moved = await self._after_refusal(reference, progress, tries), time.monotonic()
                            failed_at = None
                    case Stage.WAITING if time.monotonic() - began >= self._patience:
                        if await asyncio.to_thread(self._spool.take_back, reference):
                            raise SendFailed(Fault.RETRYABLE, "modem_busy", "others were sent first for too long")
                    case Stage.SENDING if time.monotonic() - max(moved, began) >= self._patience + PART_SECONDS:
                        await asyncio.to_thread(self._spool.give_up, reference)
                    case Stage.WITHDRAWN:
                        raise SendFailed(Fault.RETRYABLE, "modem_lost", "the modem was lost before it sent anything")
                    case Stage.UNSURE | Stage.ABSENT:
                        raise refusal(NO_CODE)
                await asyncio.sleep(POLL_SECONDS)
        except asyncio.CancelledError:
            self._spool.give_up(reference)
            raise

    async def _after_refusal(self, reference: str, progress: Progress, tries: int) -> int:
        """Try the rest again, or give up; what is out already must not be sent twice for a passing trouble."""
        failed = refusal(progress.code)
        is_passing = failed.is_retryable and failed.fault is not Fault.UNSURE
        if progress.sent and is_passing and tries < TRIES_OF_THE_REST:
            await asyncio.to_thread(self._spool.send_rest, reference)
            return tries + 1
        await asyncio.to_thread(self._spool.give_up, reference)
        raise failed
