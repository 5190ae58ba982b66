"""The real system, started as an operator starts it, in a data folder of its own."""

from __future__ import annotations

import asyncio
import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from benchmarks import ways_in
from benchmarks.load import Say, WrongAnswer
from benchmarks.processes import HOST, Process, ProcessFailed, age, check_port, descendants, memory, with_module
from benchmarks.utterances import FIRST
from cli.processes import MODULES

START_LIMIT = 120.0


class System:
    """``motcua up`` with core, gateway and the embedded store.

    Args:
        port: of the gateway; the core takes the next one.
        folder: an empty folder for data and log.
        more: settings beyond the usual ones, without their prefix.
    """

    def __init__(self, port: int, folder: Path, more: Mapping[str, str] | None = None) -> None:
        for wanted in (port, port + 1):
            check_port(wanted)
        secret, token = secrets.token_hex(16), secrets.token_hex(16)
        self.secret, self.token = secret, token
        # Everything below is unpredictable and thrown away: nobody else can talk to the measured system.
        settings = {
            "SECRET_KEY": secret,
            "TWILIO_AUTH_TOKEN": token,
            "LOG_LEVEL": "WARNING",
            # The made-up citizens say more than people do, and look like machines.
            "SMS_LIMIT_SHORT": "0",
            "SMS_LIMIT_DAY": "0",
            "SMS_IGNORE_MACHINES": "false",
            "LIMITS": "calls_caller=0,kiosk_turns_visit=0,kiosk_requests_address=0",
            **(more or {}),
        }
        self._process = Process(
            [sys.executable, "-m", "cli.main", "up", "--port", str(port), "--data", str(folder / "data")],
            {f"MOTCUA_{name}": value for name, value in settings.items()},
            folder / "system.log",
        )
        self.core = ways_in.core(f"http://{HOST}:{port + 1}", secret)
        self.gateway = ways_in.gateway(f"http://{HOST}:{port}")
        self.sms = ways_in.sms(f"http://{HOST}:{port}", token)

    def wait_for_first_answer(self) -> float:
        """Wait for a right answer; seconds since the core's process began.

        Raises:
            ProcessFailed: when the system ends or never answers.
        """
        asyncio.run(first_answer(self.core, self._process))
        seconds = age(self.core_pids()[0])
        asyncio.run(first_answer(self.gateway, self._process))
        return seconds

    def core_pids(self) -> list[int]:
        """The core's process, and its workers if it has any."""
        return self.pids(MODULES["core"])

    def pids(self, word: str) -> list[int]:
        """Its processes whose command line has a word."""
        return with_module(descendants(self._process.pid), word)

    def core_memory(self) -> tuple[float, float]:
        """PSS and RSS of the core in MB."""
        return memory(self.core_pids())

    def whole_memory(self) -> tuple[float, float]:
        """PSS and RSS of all its processes in MB: supervisor, store, core, gateway."""
        return memory(descendants(self._process.pid))

    def stop(self) -> None:
        """Stop all."""
        self._process.stop()


async def first_answer(say: Say, process: Process, limit: float = START_LIMIT) -> None:
    """Wait until a system that starts answers, for ``limit`` seconds at most.

    Raises:
        ProcessFailed: when its process ends instead, or the time is over.
    """
    deadline = time.monotonic() + limit
    async with aiohttp.ClientSession(trust_env=False) as session:
        while True:
            process.check()
            try:
                return await say(session, "first", FIRST)
            except (aiohttp.ClientError, WrongAnswer) as error:
                # Not listening yet, or listening and still loading.
                if time.monotonic() > deadline:
                    raise ProcessFailed(f"no right answer in {limit:.0f} s: {error}\n{process.tail()}") from None
                await asyncio.sleep(0.05)
