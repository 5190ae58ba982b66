"""Keeps gammu-smsd on the modem: starts it, sees that it works, starts it again when the modem was lost."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import time
from pathlib import Path
from sqlite3 import DatabaseError
from typing import IO

from channels.sms.providers.gsm.configuration import ModemAddress
from channels.sms.providers.gsm.refused_pin import RefusedPin
from channels.sms.providers.gsm.smsd import Smsd
from channels.sms.providers.gsm.spool import Spool
from channels.sms.providers.gsm.tables import ROUTE
from channels.sms.providers.gsm.watch import BACKOFF, STEADY_SECONDS, Heart, ModemState
from runtime import logs
from stores.sealing import Seal

LOOK_SECONDS = 0.5

_WRONG_PIN = frozenset({"PIN", "SECURITYERROR"})

_log = logs.get(__name__)


class Modem:
    """A modem of this machine.

    Of several processes one keeps it; the others hand their messages over through the same spool, and one of them
    takes over when it ends.

    Args:
        program: gammu-smsd.
        address: how the modem is reached.
        spool: what smsd works on.
        file: the spool's file.
        seal: keeps the PIN out of the note that it was refused.
        route: its name in the log.
    """

    def __init__(
        self, program: str, address: ModemAddress, spool: Spool, file: Path, seal: Seal, route: str = ROUTE
    ) -> None:
        self._route = route
        self._program = program
        self._address = address
        self._spool = spool
        self._file = file
        self._pin = RefusedPin(file.with_name("refused-pin"), seal.hash("gsm-pin", address.pin or ""))
        self._state: ModemState | None = None
        self._smsd: Smsd | None = None

    @property
    def smsd_id(self) -> int | None:
        """Process id of smsd, while this process keeps the modem and smsd runs."""
        return self._smsd.id if self._smsd and not self._smsd.has_ended else None

    async def keep(self) -> None:
        """Keep the modem until cancelled."""
        with self._file.with_name("lock").open("w") as lock:
            while not _locked(lock):
                await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._keep()
            finally:
                await asyncio.shield(self._end_smsd())
                self._spool.give_up_all()
                self._spool.note_state(ModemState.AWAY)

    async def _keep(self) -> None:
        losses = 0
        while True:
            if self._pin.is_refused():
                await self._is(ModemState.BLOCKED, cause="wrong PIN")
                _log.error(
                    "the SIM card refused its PIN: see docs/gsm-modem.md; a third try would lock it", route=self._route
                )
                await asyncio.Event().wait()
            with contextlib.suppress(DatabaseError):
                await asyncio.to_thread(self._spool.give_up_all)
            node = self._node()
            if node is None:
                await self._is(ModemState.AWAY, cause="no such device")
                await asyncio.sleep(LOOK_SECONDS)
                continue
            began = time.monotonic()
            try:
                cause = await self._run_once(node)
            except (OSError, DatabaseError) as error:
                # No memory, no descriptors, a full disk: a reason to try again later, never to leave the modem alone.
                cause = type(error).__name__
                await self._end_smsd()
            if cause in _WRONG_PIN:
                self._pin.refuse()
                continue
            losses = 1 if time.monotonic() - began >= STEADY_SECONDS else losses + 1
            await self._is(ModemState.AWAY, cause=cause)
            await asyncio.sleep(BACKOFF.pause(losses))

    async def _run_once(self, node: tuple[int, int]) -> str:
        """One run of smsd until it ends or is of no more use; returns why."""
        row = await asyncio.to_thread(self._spool.modem)
        heart = Heart(time.monotonic(), row.connections, row.pulse)
        smsd = self._smsd = await Smsd.start(self._program, self._address, self._file)
        await self._is(ModemState.CONNECTING)
        while not smsd.has_ended:
            await asyncio.sleep(LOOK_SECONDS)
            if self._node() != node:
                # smsd itself takes ten seconds to notice, and would hold on to a terminal that is gone.
                await smsd.stop()
                return "pulled out"
            row = await asyncio.to_thread(self._spool.modem)
            now = time.monotonic()
            if heart.is_hung(now):
                await smsd.stop()
                return "hung"
            await self._is(heart.look(row.connections, row.pulse, now))
        await smsd.stop()
        return smsd.cause

    async def _end_smsd(self) -> None:
        if self._smsd is not None:
            await self._smsd.stop()

    async def _is(self, state: ModemState, cause: str | None = None) -> None:
        if state is self._state:
            return
        self._state = state
        await asyncio.to_thread(self._spool.note_state, state.value)
        if state is ModemState.READY:
            _log.info("modem ready", route=self._route)
        elif state is ModemState.CONNECTING:
            _log.info("modem connecting", route=self._route)
        else:
            _log.warning("modem lost", route=self._route, state=state.value, cause=cause)

    def _node(self) -> tuple[int, int] | None:
        """What the device's name leads to; another value after the modem was pulled out and put in again."""
        try:
            found = os.stat(self._address.device)
        except OSError:
            return None
        return found.st_ino, found.st_rdev


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
