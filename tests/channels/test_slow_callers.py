"""Callers that send slowly, or do not leave, hold nobody up."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from channels_doubles import GatewayProcess

from channels import slow_callers
from channels.slow_callers import Head, PacedSocket

Start = Callable[..., GatewayProcess]
ASK = json.dumps({"channel": "kiosk", "conversation": "c", "text": "khai sinh"}).encode()
LEAVES = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


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
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ", id="half a head"),
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
    head = b"POST /api/v1/converse HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    request = head % len(ASK) + ASK
    with connections(gateway.port, 1, b"") as (connection,):
        for place in range(0, len(request), 7):
            connection.sendall(request[place : place + 7])
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")


def test_requests_sent_at_once_are_all_answered(gateway: GatewayProcess) -> None:
    one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
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
