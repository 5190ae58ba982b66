"""A gateway worker that slow callers cannot hold up.

gunicorn's threads read a request to its end however slowly it comes: as many half-sent requests as there are threads,
and nobody is answered any more. And its main loop waits up to 2 s for each caller that does not close after its last
answer. Here a request gets a thread when its head is whole, its body has to keep coming, and no goodbye is waited for.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from enum import Enum, auto
from functools import partial
from selectors import EVENT_READ
from typing import Any, Final

from gunicorn.workers import gthread

HEAD_SECONDS: Final = 10.0
"""From the first byte of a request to the end of its header fields."""
BODY_SECONDS: Final = 20.0
"""For a body, and a second more for each :data:`SLOWEST` bytes of it that have come."""
SLOWEST: Final = 500
"""Bytes a second; a kiosk on a bad line of 32 kbit/s is faster."""
LONGEST_HEAD: Final = 64 * 1024
"""Bytes after which gunicorn's parser may say what is wrong with a head."""
GOODBYE_SECONDS: Final = 2.0
"""What a caller gets to read its last answer: closing before, with unread data, would take the answer away."""
MOST_DRAINED: Final = 64 * 1024
"""Bytes of a refused request that are still taken for the same reason."""


class Head(Enum):
    """How far the next request of a connection is."""

    WHOLE = auto()
    AWAITED = auto()
    GONE = auto()
    """It will not come: the caller has left, or is too slow."""


class PacedSocket(socket.socket):
    """A caller's connection that reads heads ahead without waiting, and bodies with a deadline."""

    def __init__(self, accepted: socket.socket) -> None:
        super().__init__(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        self._ahead = bytearray()
        self._deadline: float | None = None

    def unread(self, data: bytes) -> None:
        """Take back what was read beyond the last request."""
        self._ahead[:0] = data

    def read_head(self) -> Head:
        """Read what is there; never waits."""
        while True:
            now = time.monotonic()
            if self._ahead and self._deadline is None:
                self._deadline = now + HEAD_SECONDS
            if b"\r\n\r\n" in self._ahead or len(self._ahead) >= LONGEST_HEAD:
                self._deadline = now + BODY_SECONDS
                return Head.WHOLE
            if self._deadline is not None and now >= self._deadline:
                return Head.GONE
            try:
                piece = super().recv(LONGEST_HEAD, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return Head.AWAITED
            except OSError:
                return Head.GONE
            if not piece:
                return Head.GONE
            self._ahead += piece

    def recv(self, size: int, flags: int = 0) -> bytes:
        """For gunicorn's parser: first all that was read ahead; the end, as if the caller had left, when late."""
        if self._ahead:
            ahead = bytes(self._ahead)
            self._ahead.clear()
            return ahead
        given = self.gettimeout()
        left = (self._deadline or 0.0) - time.monotonic()
        if given is not None and given <= left:
            return self._counted(super().recv(size, flags))
        if left <= 0:
            return b""
        self.settimeout(left)
        try:
            return self._counted(super().recv(size, flags))
        except TimeoutError:
            return b""
        finally:
            self.settimeout(given)

    def end_request(self) -> None:
        """The request is answered; the next one begins with its first byte."""
        self._deadline = None

    def drain(self) -> bytes:
        """What a caller still sends after its last answer."""
        return super().recv(MOST_DRAINED)

    def _counted(self, data: bytes) -> bytes:
        if self._deadline is not None:
            self._deadline += len(data) / SLOWEST
        return data


class UnhurriedWorker(gthread.ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker for callers of any speed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._leaving: deque[Any] = deque()

    def handle(self, conn: Any) -> Any:
        """Answer a request whose head is whole; leave others to the poller, or let them go."""
        if not isinstance(conn.sock, PacedSocket):
            conn.sock = PacedSocket(conn.sock)
        paced = conn.sock
        if conn.parser is not None:
            paced.unread(conn.parser.unreader.take_buffered())
        head = paced.read_head()
        if head is Head.AWAITED:
            return gthread._DEFER
        if head is Head.GONE:
            return False
        conn.data_ready = True
        goes_on = super().handle(conn)
        paced.end_request()
        return goes_on

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """See a caller off without waiting; everything else as gunicorn does it."""
        if self.alive and not fs.cancelled() and fs.exception() is None and not fs.result():
            self._see_off(conn)
        else:
            super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Called about every second: close what has had its time."""
        super().murder_pending()
        now = time.monotonic()
        while self._leaving and self._leaving[0].timeout <= now:
            self._let_go(self._leaving[0])

    def _see_off(self, conn: Any) -> None:
        conn.timeout = time.monotonic() + GOODBYE_SECONDS
        conn.drained = 0
        self._leaving.append(conn)
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, EVENT_READ, partial(self._drain, conn))
        except (OSError, ValueError, KeyError):
            self._let_go(conn)

    def _drain(self, conn: Any, sock: socket.socket) -> None:
        try:
            data = sock.drain() if isinstance(sock, PacedSocket) else sock.recv(MOST_DRAINED)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        conn.drained += len(data)
        if not data or conn.drained >= MOST_DRAINED:
            self._let_go(conn)

    def _let_go(self, conn: Any) -> None:
        self._leaving.remove(conn)
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()
