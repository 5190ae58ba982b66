"""A gateway worker that stops without losing a request.

A process that closes its port resets what the kernel had taken for it and nobody had accepted yet, and a balancer
notices only at its next look at ``/readyz`` that a host is going. So a worker that is told to stop first says that it
is not ready, goes on answering for :data:`SECONDS` and keeps no connection open behind an answer; then it has the
kernel begin no more connections, takes those that have begun, closes the port, and answers what it has.
"""

from __future__ import annotations

import ctypes
import select
import socket
import struct
import time
from contextlib import suppress
from typing import Any

from channels.websockets.handing_over import HandingOverWorker

SECONDS = 0.0
"""``MOTCUA_DRAIN_SECONDS``; set by :mod:`channels.serve` before workers are forked."""

SHAKING_HANDS_SECONDS = 0.3
"""What connections that have begun get to be made, once no more may begin."""

_SO_ATTACH_FILTER = 26
_NO_SYN = struct.pack(
    "=HBBI HBBI HBBI HBBI".replace(" ", ""),
    *(0x30, 0, 0, 13),  # load the byte with TCP's flags
    *(0x45, 0, 1, 0x02),  # is SYN set?
    *(0x06, 0, 0, 0),  # drop it
    *(0x06, 0, 0, 0xFFFFFFFF),  # take it
)
"""A classic BPF program for a listening socket: whoever would begin a connection asks again in a second, and is refused
then, which every balancer and client takes for "nothing was sent yet"."""

_stopping = False


class Stopping(RuntimeError):
    """This gateway is going: a balancer sends what comes now to another host."""


def check() -> None:
    """For ``/readyz``: raises :class:`Stopping` once this process was told to stop."""
    if _stopping:
        raise Stopping


class DrainingWorker(HandingOverWorker):
    """The gateway's worker; SIGTERM begins its end, and does not make it."""

    alive: bool

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._closes_at: float | None = None
        self._begins_none = False

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Begin to stop; runs as a signal handler."""
        global _stopping
        if self._closes_at is not None:
            return
        _stopping = True
        self._closes_at = time.monotonic() + SECONDS
        # Every answer closes its connection: one kept open would be closed later, perhaps under the next request.
        self.max_keepalived = -1
        self.method_queue.defer(lambda: None)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """One turn of the main loop; the one in which the time is up closes the port."""
        if self.alive and self._closes_at is not None:
            timeout = max(0.0, min(timeout, self._closes_at - time.monotonic()))
        super().wait_for_and_dispatch_events(timeout)
        if not self.alive or self._closes_at is None or time.monotonic() < self._closes_at:
            return
        if not self._begins_none:
            self._begins_none = True
            self._closes_at = time.monotonic() + SHAKING_HANDS_SECONDS
            for listener in self.sockets:
                begin_no_more(listener.sock)
        else:
            self._close_port()
            self.alive = False

    def _close_port(self) -> None:
        self.set_accept_enabled(False)
        for listener in self.sockets:
            while select.select([listener], [], [], 0)[0]:
                self.accept(listener)
            listener.close()


def begin_no_more(listener: socket.socket) -> None:
    """Have the kernel begin no more connections on a listening socket; those that have begun are still accepted."""
    program = ctypes.create_string_buffer(_NO_SYN)
    length = len(_NO_SYN) // 8
    # A kernel that cannot (gVisor) leaves what there was before: a moment in which somebody may be reset.
    with suppress(OSError):
        listener.setsockopt(
            socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HxxxxxxP", length, ctypes.addressof(program))
        )
