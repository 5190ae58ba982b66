"""One run of gammu-smsd as a child process that ends with us."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import re
import shutil
import signal
from pathlib import Path

from channels.sms.providers.gsm.configuration import ModemAddress, configuration
from runtime.messages import Message
from runtime.settings import SettingsError

PACKAGES = "gammu-smsd libdbd-sqlite3"
"""Debian packages that must be installed."""

STOP_SECONDS = 5.0
"""smsd finishes the command it is at; then it is ended."""

_PR_SET_PDEATHSIG = 1
_CAUSE = re.compile(r"\(([A-Z0-9]+)\[\d+\]\)")
_OTHER_CAUSES = (
    ("PIN", re.compile(r"ERROR: PIN|Error entering PIN|entering PIN", re.IGNORECASE)),
    ("DATABASE", re.compile(r"libdbd|driver|Database structure", re.IGNORECASE)),
)
"""smsd's lines hold numbers; nothing of them is kept but which of these causes they name."""


def find_program() -> str:
    """Where gammu-smsd is.

    Raises:
        SettingsError: it is not installed.
    """
    found = shutil.which("gammu-smsd", path=os.environ.get("PATH", os.defpath) + ":/usr/bin:/usr/sbin:/usr/local/bin")
    if found is None:
        raise SettingsError(
            Message(
                "MOTCUA_GSM_DEVICE is set, but gammu-smsd is not installed: apt-get install {packages}",
                packages=PACKAGES,
            )
        )
    return found


class Smsd:
    """A running smsd; make it with :meth:`start`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._cause: str | None = None
        self._reading = asyncio.ensure_future(self._read())

    @classmethod
    async def start(cls, program: str, address: ModemAddress, spool: Path) -> Smsd:
        """Write its configuration beside the spool, readable by this user alone, and start it."""
        file = spool.with_name("smsdrc")
        beside = spool.with_name("smsdrc.new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
            opened.write(configuration(address, spool))
        beside.replace(file)
        process = await asyncio.create_subprocess_exec(
            program,
            "-c",
            str(file),
            # It ends when the modem does not come back at once; when to try again is for us to say.
            "-f",
            "1",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            # Times in the spool are UTC, whatever zone the machine is in.
            env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
            preexec_fn=_end_with_parent,
        )
        return cls(process)

    @property
    def id(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether it is gone."""
        return self._process.returncode is not None

    @property
    def cause(self) -> str:
        """The last trouble it named, in gammu's word: ``DEVICENOTEXIST``, ``TIMEOUT``, ``SECURITYERROR``, ``PIN``."""
        return self._cause or "none named"

    async def stop(self, wait_seconds: float = STOP_SECONDS) -> None:
        """Ask it to end, then end it."""
        if not self.has_ended:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), wait_seconds)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    self._process.kill()
                await self._process.wait()
        await self._reading

    async def _read(self) -> None:
        assert self._process.stderr is not None
        while True:
            try:
                line = (await self._process.stderr.readline()).decode("utf-8", "replace")
            except ValueError:
                continue
            if not line:
                return
            found = _CAUSE.search(line)
            named = next((cause for cause, pattern in _OTHER_CAUSES if pattern.search(line) and "rror" in line), None)
            if named:
                self._cause = named
            elif found and found[1] != "NONE" and self._cause != "PIN":
                self._cause = found[1]


def _end_with_parent() -> None:
    # Killed with -9, we must not leave an smsd behind that holds the modem.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    os.setpgrp()
