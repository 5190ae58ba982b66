"""A WebSocket at the gateway's address is carried by the voice process."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import WSMsgType, web
from channels_doubles import GatewayProcess

from channels.websockets.address import LARGEST_REQUEST, handover_socket
from channels.websockets.serve import one_request_each
from channels.websockets.taking_over import TakingOver
from runtime.settings import Settings

Start = Callable[..., GatewayProcess]


async def echo(request: web.Request) -> web.WebSocketResponse:
    """Sends everything back, after telling which query it was called with."""
    stream = web.WebSocketResponse()
    await stream.prepare(request)
    await stream.send_str(request.query_string)
    async for message in stream:
        if message.type is WSMsgType.BINARY:
            await stream.send_bytes(message.data)
    return stream


async def for_the_gateway(request: web.Request) -> web.Response:
    return web.Response(text="inside")


class Voice:
    """A voice process' server in a thread of the test."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._run(self._start())

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_get("/voice/stream", echo)
        app.router.add_get("/healthz", for_the_gateway)
        app.middlewares.append(one_request_each)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        assert self._runner.server is not None
        self._takes = TakingOver(handover_socket(self._settings), self._runner.server)
        await self._takes.start()

    def stop(self) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)

    async def _stop(self) -> None:
        await self._takes.stop()
        await self._runner.cleanup()

    def _run(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)  # type: ignore[arg-type]


@pytest.fixture
def voice(settings: Settings) -> Iterator[Voice]:
    voice = Voice(settings)
    yield voice
    voice.stop()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def gateway_of(start_gateway: Start, settings: Settings) -> GatewayProcess:
    gateway = start_gateway(DATA_DIR=str(settings.data_dir))
    gateway.wait_until_it_answers()
    return gateway


def talk(port: int, *, count: int = 1, path: str = "/voice/stream?call=1") -> list[tuple[str, list[bytes]]]:
    """Open streams at once; each sends pieces and hears them again."""

    async def one(session: aiohttp.ClientSession, number: int) -> tuple[str, list[bytes]]:
        pieces = [bytes([number, place]) * 160 for place in range(20)]
        async with session.ws_connect(f"http://127.0.0.1:{port}{path}") as stream:
            greeting = await stream.receive_str(timeout=20)
            heard = []
            for piece in pieces:
                await stream.send_bytes(piece)
                heard.append(await stream.receive_bytes(timeout=20))
        assert heard == pieces
        return greeting, heard

    async def all_of_them() -> list[tuple[str, list[bytes]]]:
        async with aiohttp.ClientSession() as session:
            return list(await asyncio.gather(*(one(session, number) for number in range(count))))

    return asyncio.run(all_of_them())


def test_a_stream_goes_through_the_gateways_address(start_gateway: Start, settings: Settings, voice: Voice) -> None:
    gateway = gateway_of(start_gateway, settings)
    assert talk(gateway.port, path="/voice/stream?call=%C4%91")[0][0] == "call=đ"


def test_more_streams_than_the_gateway_has_threads(start_gateway: Start, settings: Settings, voice: Voice) -> None:
    gateway = start_gateway(DATA_DIR=str(settings.data_dir), WEB_THREADS="2")
    gateway.wait_until_it_answers()
    assert len(talk(gateway.port, count=40)) == 40
    assert gateway.ask("GET", "/healthz").status_code == 200


def test_a_stream_outlives_the_gateway(start_gateway: Start, settings: Settings, voice: Voice) -> None:
    gateway = gateway_of(start_gateway, settings)

    async def call() -> bytes:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"http://127.0.0.1:{gateway.port}/voice/stream") as stream,
        ):
            await stream.receive_str(timeout=20)
            await asyncio.to_thread(gateway.stop)
            await stream.send_bytes(b"still here")
            return await stream.receive_bytes(timeout=20)

    assert asyncio.run(call()) == b"still here"


def test_without_a_voice_process_the_caller_is_told(start_gateway: Start, settings: Settings) -> None:
    gateway = gateway_of(start_gateway, settings)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        talk(gateway.port)
    assert refused.value.status == 503


def test_a_voice_process_that_died_leaves_no_trap_behind(start_gateway: Start, settings: Settings) -> None:
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    channel.bind(str(handover_socket(settings)))
    channel.close()
    gateway = gateway_of(start_gateway, settings)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        talk(gateway.port)
    assert refused.value.status == 503
    voice = Voice(settings)
    try:
        assert talk(gateway.port)
    finally:
        voice.stop()


@pytest.mark.parametrize("path", ["/voice/stream", "/kiosk/audio"])
def test_plain_http_is_told_what_lives_there(start_gateway: Start, settings: Settings, path: str) -> None:
    gateway = gateway_of(start_gateway, settings)
    answer = gateway.ask("GET", path)
    assert answer.status_code == 426
    assert "WebSocket" in answer.json()["error"]["message"]


def test_a_request_too_large_to_hand_over_is_refused(start_gateway: Start, settings: Settings, voice: Voice) -> None:
    gateway = gateway_of(start_gateway, settings)
    many = {f"X-Filler-{number}": "x" * 4000 for number in range(LARGEST_REQUEST // 4000 + 1)}
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", **many}
    assert gateway.ask("GET", "/voice/stream", headers=headers).status_code in {431, 503}
    assert talk(gateway.port)


@pytest.mark.parametrize(
    "junk", [b"", b"\x00" * 100, b"GET / HTTP/1.1\r\n\r\n", b"POST /voice/stream HTTP/1.1\r\n\r\n"]
)
def test_junk_handed_over_disturbs_no_other_stream(
    start_gateway: Start, settings: Settings, voice: Voice, junk: bytes
) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect(str(handover_socket(settings)))
        socket.send_fds(channel, [junk or b"\n"], [theirs.fileno()])
        channel.send(b"no descriptor at all")
    assert talk(gateway_of(start_gateway, settings).port)


@pytest.mark.parametrize("path", ["/voice/stream", "/kiosk/audio"])
@pytest.mark.parametrize("pipelined", [True, False])
def test_a_refused_stream_opens_no_way_to_what_is_for_the_gateway_alone(
    start_gateway: Start, settings: Settings, voice: Voice, path: str, pipelined: bool
) -> None:
    gateway = gateway_of(start_gateway, settings)
    # No key: refused by the voice process, or, where it has no such address, not found there.
    refused = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n".encode()
    inside = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port), 20) as connection:
        connection.sendall(refused + inside if pipelined else refused)
        answer = connection.recv(65536)
        if not pipelined:
            with contextlib.suppress(ConnectionError):
                connection.sendall(inside)
        with contextlib.suppress(ConnectionError):
            while more := connection.recv(65536):
                answer += more
    assert answer.startswith(b"HTTP/1.1 40")
    assert b"inside" not in answer
