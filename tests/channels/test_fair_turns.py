"""A flood holds up itself."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

from channels_doubles import GatewayProcess
from gunicorn.config import Config

from channels.fair_turns import BACK_SECONDS, MOST_BACK, PAUSE_SECONDS, noting_refusals, turn_of
from channels.slow_callers import Caller, PacedSocket, Waiting

Start = Callable[..., GatewayProcess]
FORGED = (
    b"POST /sms/twilio HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"X-Twilio-Signature: forged\r\nContent-Length: 6\r\n\r\nBody=x"
)
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def answer(connection: socket.socket, request: bytes) -> int:
    connection.sendall(request)
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(1)
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    while length:
        length -= len(connection.recv(length))
    return int(head.split(b" ", 2)[1])


def test_who_was_refused_is_listened_to_again_after_a_pause_and_nobody_else_waits(start_gateway: Start) -> None:
    gateway = start_gateway(WEB_THREADS="2")
    gateway.wait_until_it_answers()
    with (
        closing(socket.create_connection(("127.0.0.1", gateway.port), 30)) as forger,
        closing(socket.create_connection(("127.0.0.1", gateway.port), 30)) as other,
    ):
        assert answer(forger, FORGED) == 403
        refused_at = time.monotonic()
        forger.sendall(HEALTH)
        forger.setblocking(False)
        asked = 0
        # The other one is answered as often as it likes meanwhile.
        while time.monotonic() < refused_at + PAUSE_SECONDS * 0.8:
            assert answer(other, HEALTH) == 200
            asked += 1
            assert _nothing_yet(forger)
        assert asked > 1
        forger.settimeout(30)
        assert answer(forger, b"") == 200
        # What was answered last counts: the forger has asked for something else since.
        assert answer(forger, HEALTH) == 200


def _nothing_yet(connection: socket.socket) -> bool:
    try:
        return not connection.recv(1)
    except BlockingIOError:
        return True


def _caller() -> tuple[Caller, socket.socket]:
    ours, theirs = socket.socketpair()
    return Caller(Config(), PacedSocket(ours), ("192.0.2.1", 1), ("127.0.0.1", 2), lambda: None), theirs


def test_who_asks_much_comes_later_and_never_by_more_than_a_second() -> None:
    (busy, one), (quiet, other) = _caller(), _caller()
    for _ in range(10):
        busy.has_asked(100.0)
    assert turn_of(quiet, 100.0) == 100.0
    assert turn_of(busy, 100.0) == 100.0 + 10 * BACK_SECONDS
    # Half of it is forgotten in a second, and who waits long enough comes first in the end.
    assert turn_of(busy, 101.0) == 101.0 + 5 * BACK_SECONDS
    for _ in range(10_000):
        busy.has_asked(102.0)
    assert turn_of(busy, 102.0) == 102.0 + MOST_BACK * BACK_SECONDS < turn_of(quiet, 103.5)
    for end in (busy, quiet):
        end.close()
    for kept in (one, other):
        kept.close()


def test_a_connection_keeps_whether_its_last_request_was_refused() -> None:
    ours, theirs = socket.socketpair()
    paced = PacedSocket(ours)
    seen: list[str] = []
    for status, refused in (("403 Forbidden", True), ("200 OK", False), ("429 Too Many Requests", True)):

        def app(environ: dict[str, Any], start: Callable[..., Any], status: str = status) -> list[bytes]:
            start(status, [])
            return []

        noting_refusals(app)({"gunicorn.socket": paced}, lambda told, _: seen.append(told))
        assert paced.was_refused is refused
    assert len(seen) == 3
    paced.close()
    theirs.close()


def test_any_connection_of_many_leaves_at_once() -> None:
    waiting = Waiting()
    for number in range(5):
        waiting.append(number)
    waiting.remove(2)
    assert (waiting[0], len(waiting), list(waiting)) == (0, 4, [0, 1, 3, 4])
    assert [waiting.popleft() for _ in range(4)] == [0, 1, 3, 4]
    assert not waiting
