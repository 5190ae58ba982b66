"""Processes that go on from the supervisor's memory: what they have in common is loaded once, and lies there once.

Each of a box's processes imports the same libraries, some 50 MB. Imported by the supervisor before it makes them, they
are one copy for all, as long as nobody writes to it. A process becomes what ``python -m MODULE`` is: its environment,
its streams, its name in the list of processes.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import runpy
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import IO, Final

from cli.processes import Child, Running, die_with_parent

SHARED: Final = (
    # First: they keep libraries from loading what colours output.
    "runtime.logs",
    "channels.core_client",
    "aiohttp",
    "cryptography.hazmat.primitives.ciphers.aead",
    "numpy",
    "pydantic_settings",
    "redis.asyncio",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.orm",
    "uvloop",
    "yaml",
    "actions.dossiers.service",
    "actions.procedures.answers",
    "catalogue.store",
    "channels.callers",
    "contract.turn",
    "installation.kiosk",
    "installation.root",
    "kiosk.recent_log",
    "kiosk.signed_texts",
    "language.spoken",
    "runtime.operator_errors",
    "stores.database",
    "stores.keyring",
    "stores.limiter",
    "stores.out_of_service",
    "stores.redis_clients",
    "stores.sealing",
    "tickets.store",
)
"""What at least two of a box's processes import. Nothing that counts for ``/metrics``: its library reads, while it is
imported, where the figures of its process are kept."""
_SIGNALS: Final = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)
_ARGUMENTS_BEGIN, _ARGUMENTS_END = 45, 46
"""Fields 48 and 49 of ``/proc/PID/stat``, counted from the one behind the command (proc(5))."""


def load_shared() -> None:
    """Import what the children have in common, and put it aside from the collector, which would write to all of it."""
    for name in SHARED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


class ForkedChild(Child):
    """A child that runs a module in a copy of this process; every other command is started as ever."""

    def _launch(self, environment: Mapping[str, str], output: IO[bytes] | None) -> Running:
        if tuple(self.command[:2]) != (sys.executable, "-m"):
            return super()._launch(environment, output)
        return ForkedProcess(self.command, environment, output.fileno() if output else None)


class ForkedProcess:
    """See :class:`cli.processes.Running`."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], output: int | None) -> None:
        self._command = command
        self._process = get_context("fork").Process(target=_become, args=(command, environment, output))
        self._process.start()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; below nought what signal ended it."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises :class:`subprocess.TimeoutExpired`."""
        if self.poll() is None:
            # The library's own way of waiting looks at a file that is closed in the child with all others.
            life = os.pidfd_open(self.pid)
            try:
                select.select([life], [], [], timeout)
            finally:
                os.close(life)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(list(self._command), timeout or 0.0)
        return code

    def send_signal(self, sig: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def _become(command: Sequence[str], environment: Mapping[str, str], output: int | None) -> None:
    """Be what the command would have been."""
    for number in _SIGNALS:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    die_with_parent()
    _take_streams(output)
    os.environ.clear()
    os.environ.update(environment)
    _call_itself(command)
    _, _, module, *arguments = command
    sys.argv[:] = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _take_streams(output: int | None) -> None:
    """Nothing to read, the log to write to, and none of the supervisor's other files: its lock on the folder ends with
    it alone."""
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    if output is not None:
        os.dup2(output, 1)
        os.dup2(output, 2)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))


def _call_itself(command: Sequence[str]) -> None:
    """Show the command in the list of processes, as far as there is room for it, in the place of the supervisor's."""
    fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    begin, end = int(fields[_ARGUMENTS_BEGIN]), int(fields[_ARGUMENTS_END])
    shown = b"".join(os.fsencode(part) + b"\0" for part in command)
    room = end - begin
    # The last byte stays nought: another one would tell the kernel that the text goes on in the environment.
    ctypes.memmove(begin, shown[: room - 1].ljust(room, b"\0"), room)
