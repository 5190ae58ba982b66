"""A gateway worker that slow callers cannot hold up.

gunicorn's threads read a request to its end however slowly it comes: as many half-sent requests as there are threads,
and nobody is answered any more. And its main loop waits up to 2 s for each caller that does not close after its last
answer. Here a request gets a thread when all of it is there, it has to keep coming, no goodbye is waited for, and one
address holds only so many connections. What a route refuses anyway (too large, not signed) is refused by its head.
"""

from __future__ import annotations

import errno
import re
import socket
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from enum import Enum, auto
from functools import partial
from selectors import EVENT_READ
from typing import Any, Final

from gunicorn.workers import gthread

from channels.body_sizes import MAX_BODY, most_of

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


MOST_FROM_ADDRESS: Final = 100
"""Connections one address holds at once; a proxy before us, and this machine, count their own callers."""
SIGNED: Final = {b"/sms/twilio": b"x-twilio-signature", b"/voice/twilio": b"x-twilio-signature"}
"""Beginnings of addresses that need a header field, without which their body is not waited for."""

_NO_CALLER = (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK)
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,12})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def _is_limited(_address: str) -> bool:
    return False


has_no_limit: Callable[[str], bool] = _is_limited
"""Whether an address may hold any number of connections; set by :mod:`channels.serve` before workers are forked."""


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
        self.was_refused = False
        """Whether the last request was, as :mod:`channels.fair_turns` notes it."""
        self._ahead = bytearray()
        self._most = 0
        self._deadline: float | None = None
        self._wanted: int | None = None
        """Bytes of the request, head and body; None until its head is whole, -1 for a body in chunks."""

    def unread(self, data: bytes) -> None:
        """Take back what was read beyond the last request."""
        self._ahead[:0] = data

    def read_head(self) -> Head:
        """Read what is there; never waits."""
        drained = False
        while True:
            now = time.monotonic()
            if self._ahead and self._deadline is None:
                self._deadline = now + HEAD_SECONDS
            if self._wanted is None and (b"\r\n\r\n" in self._ahead or len(self._ahead) >= LONGEST_HEAD):
                self._deadline = now + BODY_SECONDS
                self._wanted = self._length()
            if self._wanted is not None and self._has_come():
                return Head.WHOLE
            if self._deadline is not None and now >= self._deadline:
                return Head.GONE
            if drained:
                # The poller tells when there is more.
                return Head.AWAITED
            try:
                piece = super().recv(LONGEST_HEAD, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return Head.AWAITED
            except OSError:
                return Head.GONE
            drained = len(piece) < LONGEST_HEAD
            if not piece:
                return Head.GONE
            self._ahead += piece
            if self._wanted is not None:
                self._counted(piece)

    def _length(self) -> int:
        """How much is waited for before a thread has to do with it."""
        end = self._ahead.find(b"\r\n\r\n")
        if end < 0:
            return 0
        head = bytes(self._ahead[: end + 2])
        path = head.split(b" ", 2)[1] if head.count(b" ") >= 2 else b""
        if any(path.startswith(begin) and b"\r\n" + field not in head.lower() for begin, field in SIGNED.items()):
            return end + 4
        most = most_of(path.decode("latin-1"))
        if _CHUNKED.search(head):
            self._most = end + 4 + min(most, MAX_BODY)
            wanted = -1
        else:
            found = _LENGTH.search(head)
            length = int(found[1]) if found else 0
            # Refused with 413: nothing of it is read.
            # Of a picture the beginning: what waits without a thread waits in memory.
            wanted = end + 4 + (min(length, MAX_BODY) if length <= most else 0)
        if _EXPECTS.search(head) and wanted != end + 4:
            self.send(_CONTINUE, socket.MSG_DONTWAIT)
        return wanted

    def _has_come(self) -> bool:
        if self._wanted != -1:
            return len(self._ahead) >= (self._wanted or 0)
        ends = self._ahead.endswith(b"\r\n\r\n") and re.search(rb"\r\n0+(;[^\r\n]*)?\r\n", self._ahead) is not None
        return ends or len(self._ahead) > self._most

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
        self._wanted = None

    def drain(self) -> bytes:
        """What a caller still sends after its last answer."""
        return super().recv(MOST_DRAINED)

    def _counted(self, data: bytes) -> bytes:
        if self._deadline is not None:
            self._deadline += len(data) / SLOWEST
        return data


class Waiting:
    """Connections in the order they began to wait, as gunicorn holds them; any of them leaves at once, however many
    there are.
    """

    def __init__(self) -> None:
        self._all: dict[Any, None] = {}

    def append(self, conn: Any) -> None:
        """Let one wait."""
        self._all[conn] = None

    def remove(self, conn: Any) -> None:
        """One waits no longer."""
        del self._all[conn]

    def popleft(self) -> Any:
        """The one that has waited longest waits no longer."""
        first = next(iter(self._all))
        del self._all[first]
        return first

    def __getitem__(self, place: int) -> Any:
        """The one that has waited longest; gunicorn asks for no other."""
        if place:
            raise IndexError(place)
        return next(iter(self._all))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


class Caller(gthread.TConn):  # type: ignore[misc]
    """A connection that says when it is closed, and knows how much it has asked lately."""

    def __init__(self, cfg: Any, sock: PacedSocket, client: Any, server: Any, left: Callable[[], None]) -> None:
        super().__init__(cfg, sock, client, server)
        self._tell: Callable[[], None] | None = left
        self._asked, self._asked_at = 0.0, 0.0
        self.heard_at = 0.0
        """When a piece of a request came that was not all of it."""

    def asked_lately(self, now: float) -> float:
        """Requests answered on it; of those a second ago half count, of those two seconds ago a quarter."""
        return float(self._asked * 0.5 ** (now - self._asked_at))

    def has_asked(self, now: float) -> None:
        """One more is being answered."""
        self._asked, self._asked_at = self.asked_lately(now) + 1.0, now

    def close(self, graceful: bool = False) -> None:
        """Close it, and tell so once."""
        told, self._tell = self._tell, None
        if told is not None:
            told()
        super().close(graceful)


class UnhurriedWorker(gthread.ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker for callers of any speed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.keepalived_conns = Waiting()
        self.pending_conns = Waiting()
        self._leaving: deque[Any] = deque()
        self._from: Counter[str] = Counter()

    def accept(self, listener: Any) -> None:
        """Take a connection, unless its address holds enough of them."""
        try:
            accepted, address = listener.accept()
        except OSError as error:
            if error.errno not in _NO_CALLER:
                raise
            return
        caller = str(address[0]) if isinstance(address, tuple) else ""
        if caller and self._from[caller] >= MOST_FROM_ADDRESS and not has_no_limit(caller):
            accepted.close()
            return
        self._from[caller] += 1
        self.nr_conns += 1
        paced = PacedSocket(accepted)
        self.enqueue_req(Caller(self.cfg, paced, address, listener.getsockname(), partial(self._left, caller)))

    def _left(self, caller: str) -> None:
        self._from[caller] -= 1
        if self._from[caller] <= 0:
            del self._from[caller]

    def enqueue_req(self, conn: Any) -> None:
        """Give a request a thread once all of it is there; runs in the main loop and never waits."""
        if conn.parser is not None:
            conn.sock.unread(conn.parser.unreader.take_buffered())
        head = conn.sock.read_head()
        if head is Head.WHOLE:
            conn.data_ready = True
            self.give_thread(conn)
        elif head is Head.GONE:
            self.nr_conns -= 1
            conn.close()
        else:
            conn.sock.setblocking(False)
            conn.timeout = time.monotonic() + self.cfg.keepalive
            self.pending_conns.append(conn)
            self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def on_pending_socket_readable(self, conn: Any, client: Any) -> None:
        """More of a request has come; while it is not all of it the connection stays where it waits."""
        if conn.sock.read_head() is Head.AWAITED:
            conn.heard_at = time.monotonic()
        else:
            super().on_pending_socket_readable(conn, client)

    def give_thread(self, conn: Any) -> None:
        """Have a request that is here answered."""
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Answer a request that is here."""
        paced = conn.sock
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
        now = time.monotonic()
        while self.pending_conns and self.pending_conns[0].timeout <= now:
            conn = self.pending_conns.popleft()
            if (until := conn.heard_at + self.cfg.keepalive) > now:
                conn.timeout = until
                self.pending_conns.append(conn)
                continue
            with suppress(OSError, KeyError, ValueError):
                self.poller.unregister(conn.sock)
            self.nr_conns -= 1
            conn.close()
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
