"""The modem route as the worker runs it: in an event loop of its own, for tests that are not."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from at_modem import AtModem, until

from channels.sms.providers.gsm.configuration import ModemAddress
from channels.sms.providers.gsm.modem import Modem
from channels.sms.providers.gsm.send import GsmRoute
from channels.sms.providers.gsm.smsd import find_program
from channels.sms.providers.gsm.spool import Spool
from channels.sms.providers.gsm.watch import ModemState
from channels.sms.routes.messages import Handed, IncomingMessage, OutgoingMessage, Receipt
from channels.sms.routes.route import Fault, SendFailed
from runtime import clock
from runtime.settings import Settings
from stores.sealing import Seal

DRIVERS = ("/usr/lib/*/dbd/libdbdsqlite3.so", "/usr/lib/dbd/libdbdsqlite3.so")

needs_smsd = pytest.mark.skipif(
    shutil.which("gammu-smsd") is None or not any(list(Path("/").glob(each[1:])) for each in DRIVERS),
    reason="needs the Debian packages gammu-smsd and libdbd-sqlite3",
)

SECRET = "a secret of the tests"


class StoredHere:
    """Where messages arrive: the worker's inbox, in memory. Knows what it has, as the real one does."""

    def __init__(self) -> None:
        self.messages: list[IncomingMessage] = []
        self.receipts: list[Receipt] = []
        self.repeats = 0
        self._known: set[str | None] = set()

    def message(self, message: IncomingMessage) -> bool:
        """Store a message."""
        assert message.provider_id
        if message.provider_id in self._known:
            self.repeats += 1
            return False
        self._known.add(message.provider_id)
        self.messages.append(message)
        return True

    def receipt(self, receipt: Receipt) -> None:
        """Store a receipt."""
        self.receipts.append(receipt)

    @property
    def bodies(self) -> list[str]:
        """Texts in the order of arrival."""
        return [message.body for message in self.messages]


class RunningRoute:
    """A route on a modem, running until :meth:`stop`.

    Args:
        data: the data folder.
        modem: what it runs on.
        parts_wait_seconds: how long missing parts are awaited.
        pin: what it enters.
    """

    def __init__(self, data: Path, modem: AtModem, parts_wait_seconds: float = 3.0, pin: str | None = None) -> None:
        file = data / "gsm" / "spool.db"
        self.modem = modem
        self.file = file
        self.spool = Spool(file)
        self.arrivals = StoredHere()
        seal = Seal(SECRET.encode())
        address = ModemAddress(str(modem.device), "at115200", pin)
        keeper = Modem(find_program(), address, self.spool, file, seal)
        self.route = GsmRoute(
            self.spool, keeper, seal, "+84900000100", 10.0, clock.now, parts_wait_seconds=parts_wait_seconds
        )
        self.unsure = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="route", daemon=True)
        self._thread.start()
        self._running = self._start(self.route.run(self.arrivals))

    @property
    def state(self) -> str:
        """How the modem is."""
        return self.spool.modem().state

    def wait_until_ready(self) -> RunningRoute:
        """Wait for the modem."""
        until(lambda: self.state == ModemState.READY, 60)
        return self

    def send(self, reference: str, text: str, recipient: str = "+84900000001") -> Handed:
        """Send one message once."""
        return self.begin_sending(reference, text, recipient).result(120)

    def begin_sending(self, reference: str, text: str, recipient: str = "+84900000001") -> Future[Handed]:
        """Send one message once, without waiting for the end."""
        return self._start(self.route.send(OutgoingMessage(reference, recipient, text)))

    def send_surely(self, *messages: OutgoingMessage) -> Future[None]:
        """Send as the outbox does: two at a time, again until each is handed over, asking first after a doubt."""
        return self._start(self._send_all(messages))

    def stop(self) -> None:
        """End it in order."""
        self._running.cancel()
        until(lambda: self.route.modem.smsd_id is None)
        self._start(asyncio.sleep(0.1)).result(5)
        self._start(self.route.close()).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _send_all(self, messages: tuple[OutgoingMessage, ...]) -> None:
        room = asyncio.Semaphore(self.route.limits.window)

        async def one(message: OutgoingMessage) -> None:
            async with room:
                deadline = time.monotonic() + 120
                while not await self._is_handed(message):
                    assert time.monotonic() < deadline, "not handed over in time"
                    await asyncio.sleep(0.2)

        async with asyncio.TaskGroup() as tasks:
            for message in messages:
                tasks.create_task(one(message))

    async def _is_handed(self, message: OutgoingMessage) -> bool:
        try:
            await self.route.send(message)
        except SendFailed as failed:
            if failed.fault is Fault.PERMANENT:
                raise
            if failed.fault is not Fault.UNSURE:
                return False
            self.unsure += 1
            return await self.route.look_up(message) is not None
        return True

    def _start(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)


def settings_for(data: Path, device: Path) -> Settings:
    """What an operator would set."""
    return Settings(data_dir=data, gsm_device=device, gsm_number="+84900000100", secret_key=SECRET)
