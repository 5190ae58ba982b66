"""Callers that send slowly, or do not leave, hold nobody up."""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from channels_doubles import GatewayProcess

from channels import slow_callers
from channels.slow_callers import Head, PacedSocket

Start = Callable[..., GatewayProcess]
ASK = json.dumps({"channel": "kiosk", "conversation": "c", "text": "khai sinh"}).encode()
LEAVES = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def body_of(length: int, path: str = "/api/v1/converse", more: str = "") -> bytes:
    """The head of a request whose body is so long."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{more}"
    return f"{head}Content-Length: {length}\r\n\r\n".encode()


@contextmanager
def connections(port: int, count: int, sent: bytes) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        opened = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 20)) for _ in range(count)]
        for connection in opened:
            connection.sendall(sent)
        yield opened


def to_the_end(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture
def gateway(start_gateway: Start) -> GatewayProcess:
    started = start_gateway(WEB_THREADS="4")
    started.wait_until_it_answers()
    return started


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"G", id="one letter"),
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", id="half a head"),
    ],
)
def test_more_half_sent_requests_than_threads_hold_nobody_up(gateway: GatewayProcess, sent: bytes) -> None:
    with connections(gateway.port, 40, sent):
        for _ in range(5):
            assert gateway.ask("GET", "/healthz", timeout=5).status_code == 200


def test_callers_that_do_not_close_after_their_answer_hold_nobody_up(gateway: GatewayProcess) -> None:
    with connections(gateway.port, 40, LEAVES) as opened:
        for _ in range(5):
            assert gateway.ask("GET", "/healthz", timeout=5).status_code == 200
        for connection in opened:
            assert to_the_end(connection).endswith(b'{"status":"ok"}\n')


def test_a_request_in_small_pieces_is_answered(gateway: GatewayProcess) -> None:
    request = body_of(len(ASK)) + ASK
    with connections(gateway.port, 1, b"") as (connection,):
        for place in range(0, len(request), 7):
            connection.sendall(request[place : place + 7])
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")


def test_requests_sent_at_once_are_all_answered(gateway: GatewayProcess) -> None:
    one = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with connections(gateway.port, 1, one * 2 + one[:20]) as (connection,):
        answers = b""
        while answers.count(b'{"status":"ok"}') < 2:
            answers += connection.recv(65536)
        connection.sendall(one[20:])
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")


@pytest.fixture
def paced() -> Iterator[tuple[PacedSocket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with PacedSocket(ours) as connection, theirs:
        yield connection, theirs


def test_a_head_must_come_within_its_time(
    paced: tuple[PacedSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection, caller = paced
    monkeypatch.setattr(slow_callers, "HEAD_SECONDS", 0.0)
    assert connection.read_head() is Head.AWAITED
    caller.sendall(b"GET")
    assert connection.read_head() is Head.GONE


def test_a_body_must_keep_coming(paced: tuple[PacedSocket, socket.socket], monkeypatch: pytest.MonkeyPatch) -> None:
    connection, caller = paced
    monkeypatch.setattr(slow_callers, "BODY_SECONDS", 0.05)
    caller.sendall(b"POST / HTTP/1.1\r\n\r\nbegin")
    assert connection.read_head() is Head.WHOLE
    assert connection.recv(8).endswith(b"begin")
    assert connection.recv(8) == b""


def test_a_body_that_comes_gets_more_time(
    paced: tuple[PacedSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection, caller = paced
    monkeypatch.setattr(slow_callers, "BODY_SECONDS", 30.0)
    caller.sendall(b"POST / HTTP/1.1\r\n\r\n")
    assert connection.read_head() is Head.WHOLE
    connection.recv(8)
    before = connection._deadline
    caller.sendall(b"x" * 1000)
    assert len(connection.recv(1000)) == 1000
    assert before is not None
    assert connection._deadline == pytest.approx(before + 1000 / slow_callers.SLOWEST)


def test_a_caller_who_left_is_let_go(paced: tuple[PacedSocket, socket.socket]) -> None:
    connection, caller = paced
    caller.close()
    assert connection.read_head() is Head.GONE


def test_more_slow_bodies_than_threads_hold_nobody_up(gateway: GatewayProcess) -> None:
    with connections(gateway.port, 60, body_of(200_000) + b"{") as slow:
        for _ in range(5):
            for connection in slow:
                connection.sendall(b" " * 200)
            assert gateway.ask("GET", "/healthz", timeout=5).status_code == 200
            assert gateway.ask("POST", "/api/v1/converse", content=ASK, timeout=5).status_code != 0


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(body_of(300_000), b"413", id="larger than the gateway takes"),
        pytest.param(body_of(100_000, "/sms/twilio", "X-Twilio-Signature: x\r\n"), b"413", id="larger than a text"),
        pytest.param(body_of(20_000, "/sms/twilio"), b"403", id="not signed"),
        pytest.param(body_of(20_000, "/voice/twilio"), b"403", id="a call that is not signed"),
    ],
)
def test_what_is_refused_anyway_is_refused_by_its_head(gateway: GatewayProcess, sent: bytes, status: bytes) -> None:
    with connections(gateway.port, 1, sent) as (connection,):
        connection.settimeout(5)
        assert connection.recv(65536).split(b" ", 2)[1] == status


@pytest.mark.parametrize("pieces", [1, 3])
def test_a_body_in_chunks_and_one_that_asks_first_are_answered(gateway: GatewayProcess, pieces: int) -> None:
    head = b"POST /api/v1/converse HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(ASK), ASK)
    with connections(gateway.port, 1, head + b"Transfer-Encoding: chunked\r\n\r\n") as (connection,):
        for start in range(0, len(chunks), len(chunks) // pieces + 1):
            connection.sendall(chunks[start : start + len(chunks) // pieces + 1])
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    asking = head + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(ASK)
    with connections(gateway.port, 1, asking) as (connection,):
        assert connection.recv(25).startswith(b"HTTP/1.1 100")
        connection.sendall(ASK)
        answer = b""
        while b"200 OK" not in answer:
            answer += connection.recv(65536)


class NobodysWorker(slow_callers.UnhurriedWorker):
    """A worker of which only the door is looked at."""

    def __init__(self) -> None:
        self._from = Counter()
        self.nr_conns = 0
        self.cfg = None
        self.taken: list[object] = []

    def enqueue_req(self, conn: object) -> None:
        self.taken.append(conn)


def test_one_address_holds_only_so_many_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_callers, "MOST_FROM_ADDRESS", 3)
    worker = NobodysWorker()
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(socket.create_connection(listener.getsockname(), 5))
            worker.accept(listener)
        assert len(worker.taken) == worker.nr_conns == 3
        worker.taken[0].close()  # type: ignore[attr-defined]
        stack.enter_context(socket.create_connection(listener.getsockname(), 5))
        worker.accept(listener)
        assert len(worker.taken) == 4
        monkeypatch.setattr(slow_callers, "has_no_limit", lambda address: address == "127.0.0.1")
        stack.enter_context(socket.create_connection(listener.getsockname(), 5))
        worker.accept(listener)
        assert len(worker.taken) == 5
        for conn in worker.taken:
            conn.close()  # type: ignore[attr-defined]
