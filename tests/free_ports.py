"""Free ports for servers that tests start, which nobody takes between the choice and the start.

A port that is found free by binding to port 0 and letting it go again lies in the kernel's ephemeral range: an outgoing
connection of a test beside this one may get it as its own end before the server binds. So the ports handed out here lie
below that range, and a lock on a slot of them keeps other test processes of this machine away for as long as this
process lives.
"""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import IO

FIRST, SLOT, SLOTS = 10_500, 250, 88
LOCKS = Path(tempfile.gettempdir()) / f"motcua-tests-ports-{os.getuid()}"


class NoFreePort(RuntimeError):
    """No port of the tests' range can be had."""


class FreePorts:
    """Hands out ports of slots that this process holds, each once until its slots are used up."""

    def __init__(self) -> None:
        self._held: list[IO[bytes]] = []
        self._slots: list[int] = []
        self._next = self._end = 0

    def take(self, count: int = 1) -> int:
        """The first of so many ports in a row, even, each free for TCP and for UDP on every address.

        Raises:
            NoFreePort: this process used up its slots and no other is free.
        """
        for _ in range(2 * SLOTS):
            while self._next + count <= self._end:
                first = self._next
                self._next += count + count % 2
                if all(_is_free(port) for port in range(first, first + count)):
                    return first
            self._open_slot(count)
        raise NoFreePort(f"no {count} free ports in a row; slots are locked in {LOCKS}")

    def _open_slot(self, count: int) -> None:
        if count > SLOT:
            raise NoFreePort(f"{count} ports in a row are more than the {SLOT} of a slot")
        LOCKS.mkdir(exist_ok=True)
        for slot in sorted(set(range(SLOTS)) - set(self._slots), key=lambda slot: (slot - os.getpid()) % SLOTS):
            lock = (LOCKS / str(slot)).open("wb")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                continue
            self._held.append(lock)
            self._slots.append(slot)
            self._begin(slot)
            return
        if not self._slots:
            raise NoFreePort(f"every slot of ports is in use; they are locked in {LOCKS}")
        # What was handed out first is likeliest to be free again.
        self._slots.append(self._slots.pop(0))
        self._begin(self._slots[-1])

    def _begin(self, slot: int) -> None:
        self._next = FIRST + slot * SLOT
        self._end = self._next + SLOT


def _is_free(port: int) -> bool:
    with ExitStack() as probes:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            try:
                probes.enter_context(socket.socket(socket.AF_INET, kind)).bind(("", port))
            except OSError:
                return False
    return True


@cache
def _of(_process: int) -> FreePorts:
    """Those of a process: one that was forked must not hand out its parent's."""
    return FreePorts()


def free_port() -> int:
    """A free port."""
    return free_ports(1)


def free_ports(count: int) -> int:
    """The first of so many free ports in a row; it is even."""
    return _of(os.getpid()).take(count)
