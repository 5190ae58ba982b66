"""Media streams against the real server: calls, and everything that is no call."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from call_session_doubles import END, SEAL, Exchange, ScriptedDialogue, ToldEar, kinds, quiet, say, until, vowel
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from benchmarks.calls.stream_caller import StreamCaller
from channels.phone.calls import media_stream
from channels.phone.calls.stream_messages import LONGEST_PIECE, StreamError, read
from channels.phone.dialogue.carrier_protocol import CallStarted, HungUp, Keys, Line, Move, Said, Transfer
from channels.phone.stream_tokens import StreamedCall, StreamTokens

CALLER = "+84900000123"

Connect = Callable[..., Awaitable[StreamCaller]]


@pytest.fixture
def tokens(redis: Redis) -> StreamTokens:
    return StreamTokens(redis, SEAL)


@pytest.fixture
def exchange() -> Exchange:
    return Exchange(ScriptedDialogue(say("xin chào"), say("cần tờ khai")), ToldEar(["làm giấy khai sinh"]))


@pytest.fixture
async def connect(exchange: Exchange, tokens: StreamTokens) -> AsyncIterator[Connect]:
    app = web.Application()
    media_stream.add_to(app, exchange.calls, tokens)
    callers: list[StreamCaller] = []
    async with TestClient(TestServer(app)) as client:

        async def connected(
            call: str = "CA0001", token: str | None = None, stream: str = "MZ0001", *, instant: bool = True
        ) -> StreamCaller:
            token = tokens.issue(StreamedCall(call, CALLER)) if token is None else token
            socket = await client.ws_connect("/voice/stream")
            callers.append(StreamCaller(socket, token, call, stream, instant=instant))
            return callers[-1]

        connected.client = client  # type: ignore[attr-defined]
        yield connected
        for caller in callers:
            await caller.finish()
        await until(lambda: exchange.calls.active == 0, "a call was left behind")


async def test_a_call_is_heard_answered_and_left(connect: Connect, exchange: Exchange) -> None:
    caller = await connect()
    await caller.begin()
    await until(lambda: exchange.voice.asked == ["xin chào"] and len(caller.heard) >= 2 * 16000)
    await caller.speak(vowel(0.8) + quiet(1.2))
    await until(lambda: "cần tờ khai" in exchange.voice.asked)
    await caller.stop()
    await caller.closed()
    await until(lambda: exchange.dialogue.given[-1:] == [HungUp()])
    assert exchange.dialogue.given[:2] == [CallStarted(CALLER), Said("làm giấy khai sinh")]


async def test_a_key_cuts_the_voice_off_at_the_provider(connect: Connect, exchange: Exchange) -> None:
    caller = await connect(instant=False)
    await caller.begin()
    await until(lambda: caller.heard)
    await caller.press("1")
    await until(lambda: caller.clears)
    await until(lambda: exchange.dialogue.given[1:] == [Keys("1")])


async def test_the_end_of_the_dialogue_ends_the_stream(connect: Connect, exchange: Exchange) -> None:
    exchange.dialogue.script = [END]
    caller = await connect()
    await caller.begin()
    assert await caller.closed() == aiohttp.WSCloseCode.OK
    # The goodbye was heard to its end before.
    assert len(caller.heard) >= 2 * 16000


async def test_a_transfer_is_left_to_the_voice_webhook(connect: Connect, exchange: Exchange) -> None:
    exchange.dialogue.script = [Move((Line("đang nối", public=True),), then=Transfer("+842000000001"))]
    caller = await connect()
    await caller.begin()
    await caller.closed()
    assert kinds(exchange.dialogue.given) == ["CallStarted"]


@pytest.mark.parametrize(
    "first",
    [
        "",
        "no JSON",
        "[]",
        "null",
        '{"event": "unknown"}',
        '{"event": "media", "media": {"payload": "AAAA"}}',
        '{"event": "start"}',
        '{"event": "start", "streamSid": "MZ1", "start": {"callSid": 7}}',
        json.dumps({"event": "connected", "padding": "x" * 20_000}),
        "[" * 10_000,
    ],
)
async def test_what_is_no_start_is_turned_away(connect: Connect, exchange: Exchange, first: str) -> None:
    caller = await connect()
    await caller.send(first)
    message = await caller.socket.receive(timeout=20)
    assert message.type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}
    assert exchange.dialogue.given == []
    assert exchange.figure("motcua_calls_refused_total", carrier="media_stream", why="bad_start") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"customParameters": {}},
        {"customParameters": {"token": "guessed"}},
        {"callSid": "CA0002"},
        {"mediaFormat": {"encoding": "audio/x-l16", "sampleRate": 16000, "channels": 1}},
    ],
)
async def test_a_stream_nobody_has_announced_is_turned_away(
    connect: Connect, exchange: Exchange, changes: dict[str, Any]
) -> None:
    caller = await connect()
    await caller.begin(**changes)
    assert await caller.closed() == aiohttp.WSCloseCode.POLICY_VIOLATION
    assert exchange.dialogue.given == []


async def test_a_token_is_good_for_one_stream(connect: Connect, exchange: Exchange, tokens: StreamTokens) -> None:
    token = tokens.issue(StreamedCall("CA0001", CALLER))
    first, second = await connect(token=token), await connect(token=token)
    await first.begin()
    await until(lambda: exchange.calls.active == 1)
    await second.begin()
    assert await second.closed() == aiohttp.WSCloseCode.POLICY_VIOLATION
    assert exchange.calls.active == 1


async def test_a_call_has_one_stream_at_a_time(connect: Connect, exchange: Exchange) -> None:
    first, second = await connect(), await connect(stream="MZ0002")
    await first.begin()
    await until(lambda: exchange.calls.active == 1)
    await second.begin()
    assert await second.closed() == aiohttp.WSCloseCode.TRY_AGAIN_LATER
    assert kinds(exchange.dialogue.given) == ["CallStarted"]


async def test_an_id_of_a_stream_used_twice_is_refused_and_the_first_call_goes_on(
    connect: Connect, exchange: Exchange
) -> None:
    first, second = await connect("CA0001", stream="MZ0001"), await connect("CA0002", stream="MZ0001")
    await first.begin()
    await until(lambda: first.heard)
    await second.begin()
    assert await second.closed() == aiohttp.WSCloseCode.POLICY_VIOLATION
    assert exchange.figure("motcua_calls_refused_total", carrier="media_stream", why="bad_start") == 1
    await first.press("1")
    await until(lambda: "cần tờ khai" in exchange.voice.asked)
    await first.stop()
    await until(lambda: exchange.calls.active == 0)
    again = await connect("CA0003", stream="MZ0001")
    await again.begin()
    await until(lambda: kinds(exchange.dialogue.given).count("CallStarted") == 2)


async def test_an_event_nobody_knows_yet_changes_nothing(connect: Connect, exchange: Exchange) -> None:
    caller = await connect()
    await caller.begin()
    await until(lambda: caller.heard)
    await caller.send('{"event": "transcription", "streamSid": "MZ0001", "transcription": {"text": "?"}}')
    await caller.press("1")
    await until(lambda: "cần tờ khai" in exchange.voice.asked)


@pytest.mark.parametrize(
    "message",
    [
        "no JSON",
        '{"event": "media", "streamSid": "MZ0002", "media": {"payload": "AAAA"}}',
        '{"event": "media", "media": {"payload": "not base64!"}}',
        '{"event": "media", "media": {"payload": ""}}',
        json.dumps({"event": "media", "media": {"payload": "A" * 4 * (LONGEST_PIECE // 3 + 1)}}),
        '{"event": "dtmf", "dtmf": {"digit": "12"}}',
        '{"event": "mark", "mark": {}}',
        '{"event": "start", "streamSid": "MZ2", "start": {"callSid": "CA1", "mediaFormat": {}}}',
        b"\x00\x01",
    ],
)
async def test_nonsense_in_a_stream_ends_it_and_no_other(
    connect: Connect, exchange: Exchange, message: str | bytes
) -> None:
    exchange.dialogue.script = [say("xin chào"), say("xin chào"), say("vẫn nghe")]
    bad, good = await connect("CA0001"), await connect("CA0002", stream="MZ0002")
    await bad.begin()
    await good.begin()
    await until(lambda: bad.heard and good.heard)
    await (bad.socket.send_bytes(message) if isinstance(message, bytes) else bad.send(message))
    await bad.closed()
    await until(lambda: exchange.calls.active == 1)
    await good.press("1")
    await until(lambda: "vẫn nghe" in exchange.voice.asked)
    # The provider goes on with the call by its webhook, so the dialogue is not told of a hang-up.
    assert HungUp() not in exchange.dialogue.given
    assert exchange.figure("motcua_calls_ended_total", carrier="media_stream", outcome="misbehaviour") == 1


async def test_a_socket_that_breaks_leaves_the_call_to_the_webhook(connect: Connect, exchange: Exchange) -> None:
    caller = await connect()
    await caller.begin()
    await until(lambda: caller.heard)
    await caller.finish()
    await until(lambda: exchange.calls.active == 0)
    assert HungUp() not in exchange.dialogue.given


async def test_plain_http_is_told_that_a_websocket_lives_here(connect: Connect) -> None:
    response = await connect.client.get("/voice/stream")  # type: ignore[attr-defined]
    assert response.status == 426


NAMES = st.sampled_from(["event", "media", "payload", "start", "mark", "dtmf"])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
)


@given(JSON)
def test_whatever_comes_is_a_message_or_a_stream_error(value: object) -> None:
    with contextlib.suppress(StreamError):
        read(json.dumps(value))
