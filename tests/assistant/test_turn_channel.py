"""What the core's channel answers when the core itself cannot."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import httpx
import pytest
from rasa.core.lock_store import LockError
from redis.asyncio import Redis
from sanic import Sanic

from assistant.turn_channel import TurnInput
from channels.core_client import CoreClient
from contract.tried import Step, read_tried
from contract.turn import Channel, Turn, TurnResult, Understanding
from contract.wishes import Report

KEY = "a key of the tests"


class WithoutStore:
    """A core whose store of conversations is away."""

    async def answer(self, turn: Turn) -> Any:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            async with Redis(port=closed.getsockname()[1], socket_connect_timeout=2) as redis:
                await redis.get(turn.conversation)


class StillAnswering:
    """A core that has not done with the message before."""

    async def answer(self, turn: Turn) -> Any:
        raise LockError("still taken")


class Defective:
    """A core with a defect."""

    async def answer(self, turn: Turn) -> Any:
        raise RuntimeError("a defect")


async def status_of(address: tuple[str, int], authorization: bytes, what: bytes = b"converse") -> int:
    """What the core says to a request with such a field, byte for byte."""
    reader, writer = await asyncio.open_connection(*address)
    head = b"POST /turn/" + what + b" HTTP/1.1\r\nHost: core\r\nContent-Length: 2\r\nAuthorization: "
    writer.write(head + authorization + b"\r\n\r\n{}")
    status = int((await reader.readline()).split()[1])
    writer.close()
    return status


@pytest.fixture(autouse=True)
def several_servers_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sanic rewrites its own methods when a server starts; without this it finds them rewritten the second time."""
    monkeypatch.setattr(Sanic, "test_mode", True)


async def test_trouble_that_passes_is_told_from_a_turn_that_cannot_be_answered() -> None:
    app = Sanic("core_of_a_test")
    app.blueprint(TurnInput(KEY).blueprint(None))  # type: ignore[arg-type]
    turn = Turn(channel=Channel.SMS, conversation="sms:1", text="khai sinh")
    listening = socket.create_server(("127.0.0.1", 0))
    server = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()
    statuses, refused = [], []
    try:
        for odd in (b"Bearer wrong", b"Bearer \xff\xfe\xed\xa0\x80", b"\xc3\x28", "Bearer chìa khóa".encode()):
            for what in (b"converse", b"dry-run"):
                refused.append(await status_of(listening.getsockname(), odd, what))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}/turn") as client:
            headers = {"Authorization": f"Bearer {KEY}"}
            for turns in (WithoutStore(), StillAnswering(), Defective()):
                app.ctx.turns = turns
                response = await client.post("/converse", content=turn.model_dump_json(), headers=headers)
                statuses.append(response.status_code)
    finally:
        server.close()
        await server.wait_closed()
    assert statuses == [503, 503, 500]
    # Whatever bytes stand where the key should.
    assert refused == [401] * 8


class Trying:
    """A core that can tell what some turns would be answered."""

    async def dry_run(self, turn: Turn) -> TurnResult | None:
        if turn.text is None:
            return None
        return TurnResult(replies=(), understanding=Understanding(intent="ask_procedure"))


async def test_what_a_turn_would_be_answered_is_told_or_that_it_cannot_be() -> None:
    app = Sanic("core_of_a_third_test")
    app.blueprint(TurnInput(KEY).blueprint(None), url_prefix="/webhooks/turn")  # type: ignore[arg-type]
    app.ctx.turns = Trying()
    listening = socket.create_server(("127.0.0.1", 0))
    server = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()

    def asked() -> list[TurnResult | None]:
        core = CoreClient(f"http://127.0.0.1:{listening.getsockname()[1]}", KEY, timeout=5, connections=1)
        turn = Turn(channel=Channel.PHONE, conversation="phone:1", text="khai sinh")
        try:
            return [core.dry_run(turn), core.dry_run(turn.model_copy(update={"text": None, "wish": Report()}))]
        finally:
            core.close()

    try:
        told, untold = await asyncio.to_thread(asked)
    finally:
        server.close()
        await server.wait_closed()
    assert told is not None
    assert told.understanding.intent == "ask_procedure"
    assert untold is None


class Tried:
    """A core that remembers one conversation."""

    async def tried(self, conversation: str) -> tuple[Step, ...]:
        return (Step(said="làm khai sinh", taken_for="ask_procedure"),) if conversation == "sms:1 2" else ()


async def test_what_was_tried_is_told_to_the_gateway_alone() -> None:
    app = Sanic("core_of_another_test")
    app.blueprint(TurnInput(KEY).blueprint(None))  # type: ignore[arg-type]
    app.ctx.turns = Tried()
    listening = socket.create_server(("127.0.0.1", 0))
    server = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}/turn/tried") as client:
            headers = {"Authorization": f"Bearer {KEY}"}
            known = await client.get("/sms%3A1%202", headers=headers)
            unknown = await client.get("/sms%3A2", headers=headers)
            stranger = await client.get("/sms%3A1%202")
    finally:
        server.close()
        await server.wait_closed()
    assert [step.said for step in read_tried(known.content)] == ["làm khai sinh"]
    assert read_tried(unknown.content) == ()
    assert stranger.status_code == 401
