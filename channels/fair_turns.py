"""Whose request is answered next when more are here than threads, so that a flood holds up itself.

gunicorn answers in the order of arrival: behind fifty connections that send as fast as they are answered everybody else
waits for fifty answers. Here each request a connection has had answered in the last second puts its next one a little
further back, and whoever was just refused (a wrong signature or key, too much, too large) is listened to again after a
pause: a flood of forged webhooks costs what one of them costs. What comes from a trusted proxy is not paused, since
others share its connections; the proxy has limits of its own.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final

from channels.slow_callers import Caller, PacedSocket, UnhurriedWorker

BACK_SECONDS: Final = 0.02
"""How much later than it came a request counts as come, for each one its connection had answered lately."""
MOST_BACK: Final = 50
"""Requests that count so: nobody is put back by more than a second, and nobody waits for ever."""
PAUSE_SECONDS: Final = 1.0
"""Before a connection that was refused is listened to again."""
REFUSED: Final = frozenset({"401", "403", "413", "429"})


def _is_nobodys(_address: str) -> bool:
    return False


is_proxy: Callable[[str], bool] = _is_nobodys
"""Whether an address is a trusted proxy's; set by :mod:`channels.serve` before workers are forked."""


class FairWorker(UnhurriedWorker):
    """A gateway worker in which connections that ask much come after those that ask little."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._busy = 0
        self._arrivals = count()
        self._waiting: list[tuple[float, int, Any]] = []
        self._paused: deque[tuple[float, Any, Future[Any]]] = deque()

    def load_wsgi(self) -> None:
        """Load the application, and note on each connection whether it was refused."""
        super().load_wsgi()
        answer: Callable[..., Iterable[bytes]] = self.wsgi
        self.wsgi: Callable[..., Iterable[bytes]] = noting_refusals(answer)

    def give_thread(self, conn: Any) -> None:
        """Answer a request now, or when it is its turn; runs in the main loop."""
        if self._busy < self.cfg.threads and not self._waiting:
            self._start(conn)
        else:
            heappush(self._waiting, (turn_of(conn, time.monotonic()), next(self._arrivals), conn))

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """See to a connection whose request is answered, and begin the next one."""
        self._busy -= 1
        try:
            if self._is_to_pause(conn, fs):
                conn.sock.setblocking(False)
                self._paused.append((time.monotonic() + PAUSE_SECONDS, conn, fs))
            else:
                super().finish_request(conn, fs)
        finally:
            while self._waiting and self._busy < self.cfg.threads:
                self._start(heappop(self._waiting)[2])

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """One turn of the main loop, which ends when somebody's pause does."""
        if self._paused:
            timeout = max(0.0, min(timeout, self._paused[0][0] - time.monotonic()))
        super().wait_for_and_dispatch_events(timeout)
        now = time.monotonic()
        while self._paused and (self._paused[0][0] <= now or not self.alive):
            _, conn, fs = self._paused.popleft()
            super().finish_request(conn, fs)

    def _start(self, conn: Any) -> None:
        self._busy += 1
        if isinstance(conn, Caller):
            conn.has_asked(time.monotonic())
        super().give_thread(conn)

    def _is_to_pause(self, conn: Any, fs: Future[Any]) -> bool:
        if not self.alive or fs.cancelled() or fs.exception() is not None or fs.result() is not True:
            return False
        address = conn.client[0] if isinstance(conn.client, tuple) else ""
        return bool(getattr(conn.sock, "was_refused", False)) and not is_proxy(str(address))


def turn_of(conn: Any, now: float) -> float:
    """When a request that is here counts as come, in seconds of the monotonic clock."""
    lately = conn.asked_lately(now) if isinstance(conn, Caller) else 0.0
    return now + BACK_SECONDS * min(lately, MOST_BACK)


def noting_refusals(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The application, which leaves with each connection whether its last request was refused."""

    def noted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        sock = environ.get("gunicorn.socket")

        def start(status: str, *more: Any) -> Any:
            if isinstance(sock, PacedSocket):
                sock.was_refused = status[:3] in REFUSED
            return start_response(status, *more)

        return app(environ, start)

    return noted
