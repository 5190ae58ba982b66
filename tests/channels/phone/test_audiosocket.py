"""Calls handed over by Asterisk's AudioSocket, over real connections."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator

import pytest
from call_session_doubles import END, Exchange, ScriptedDialogue, ToldEar, say, until, vowel
from hypothesis import given
from hypothesis import strategies as st

from channels.phone.calls.audiosocket import AudioSocketServer, ProtocolError, Type, packed, read
from channels.phone.calls.pacer import PacedOutput, Pacer
from channels.phone.dialogue.carrier_protocol import CallStarted, HungUp, Keys, Said


class Asterisk:
    """The exchange's side of one call."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.heard = bytearray()
        self.times: list[float] = []
        self.is_over = False
        self._listening = asyncio.create_task(self._listen())

    def send(self, kind: int, payload: bytes = b"") -> None:
        self._writer.write(bytes([kind]) + len(payload).to_bytes(2, "big") + payload)

    def raw(self, data: bytes) -> None:
        self._writer.write(data)

    def begin(self) -> None:
        self.send(Type.UUID, secrets.token_bytes(16))

    def speak(self, pcm: bytes) -> None:
        for at in range(0, len(pcm), 320):
            self.send(Type.SOUND, pcm[at : at + 320])

    def press(self, keys: str) -> None:
        for key in keys:
            self.send(Type.KEY, key.encode())

    def close(self) -> None:
        self._writer.close()

    async def finish(self) -> None:
        self._writer.close()
        await asyncio.gather(self._listening, return_exceptions=True)

    async def _listen(self) -> None:
        try:
            while (message := await read(self._reader)) is not None and message[0] != Type.HANG_UP:
                assert message[0] == Type.SOUND
                assert len(message[1]) == 320
                self.times.append(time.monotonic())
                self.heard += message[1]
        finally:
            self.is_over = True


@pytest.fixture
def exchange() -> Exchange:
    return Exchange(ScriptedDialogue(say("xin chào"), say("cần tờ khai")), ToldEar(["làm giấy khai sinh"]))


class Door:
    """The server, and a way to connect to it."""

    def __init__(self, server: AudioSocketServer) -> None:
        self._server = server
        self.callers: list[Asterisk] = []

    async def call(self, *, begin: bool = True) -> Asterisk:
        self.callers.append(Asterisk(*await asyncio.open_connection("127.0.0.1", self._server.port)))
        if begin:
            self.callers[-1].begin()
        return self.callers[-1]


@pytest.fixture
async def door(exchange: Exchange) -> AsyncIterator[Door]:
    pacer = Pacer(lambda seconds: None)
    await pacer.start()
    server = AudioSocketServer(exchange.calls, pacer, ["127.0.0.1"])
    await server.start("127.0.0.1", 0)
    door = Door(server)
    yield door
    for caller in door.callers:
        await caller.finish()
    await until(lambda: exchange.calls.active == 0, "a call was left behind")
    await server.stop()
    await pacer.stop()


async def test_a_call_is_heard_answered_and_left(door: Door, exchange: Exchange) -> None:
    caller = await door.call()
    await until(lambda: any(caller.heard))
    caller.press("1")
    await until(lambda: "cần tờ khai" in exchange.voice.asked)
    caller.send(Type.HANG_UP)
    await until(lambda: caller.is_over)
    await until(lambda: exchange.dialogue.given == [CallStarted(None), Keys("1"), HungUp()])


async def test_speech_is_understood(door: Door, exchange: Exchange) -> None:
    caller = await door.call()
    await until(lambda: any(caller.heard))
    caller.speak(vowel(0.8) + bytes(16000 * 2))
    await until(lambda: Said("làm giấy khai sinh") in exchange.dialogue.given)


async def test_sound_goes_out_at_the_pace_of_speech(door: Door) -> None:
    caller = await door.call()
    await until(lambda: len(caller.times) > 100)
    seconds = caller.times[100] - caller.times[0]
    # As long as it takes to play; a busy machine makes it no shorter.
    assert seconds == pytest.approx(2.0, abs=0.5)


async def test_the_end_of_the_dialogue_hangs_up_after_the_last_word(door: Door, exchange: Exchange) -> None:
    exchange.dialogue.script = [END]
    caller = await door.call()
    await until(lambda: caller.is_over)
    assert sum(1 for place in range(0, len(caller.heard), 320) if any(caller.heard[place : place + 320])) >= 99


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        packed(Type.SOUND, bytes(320)),
        packed(Type.UUID, b"short"),
        packed(Type.HANG_UP),
    ],
)
async def test_what_does_not_begin_as_a_call_is_none(door: Door, exchange: Exchange, sent: bytes) -> None:
    caller = await door.call(begin=False)
    caller.raw(sent)
    if not sent:
        caller.close()
    await until(lambda: exchange.figure("motcua_calls_refused_total", carrier="audiosocket", why="bad_start") == 1)
    assert exchange.dialogue.given == []


@pytest.mark.parametrize(
    "sent",
    [
        packed(Type.SOUND, bytes(321)),
        packed(Type.SOUND, bytes(20_000)),
        bytes([0x42, 0, 0]),
        packed(Type.UUID, bytes(16)),
    ],
)
async def test_nonsense_in_a_call_ends_it_and_no_other(door: Door, exchange: Exchange, sent: bytes) -> None:
    exchange.dialogue.script = [say("xin chào"), say("xin chào")]
    bad, good = await door.call(), await door.call()
    await until(lambda: any(bad.heard) and any(good.heard))
    bad.raw(sent)
    await until(lambda: exchange.calls.active == 1)
    assert exchange.figure("motcua_calls_ended_total", carrier="audiosocket", outcome="misbehaviour") == 1
    heard = len(good.heard)
    await until(lambda: len(good.heard) > heard)


async def test_strangers_are_not_served(exchange: Exchange) -> None:
    server = AudioSocketServer(exchange.calls, Pacer(lambda seconds: None), ["192.0.2.1"])
    await server.start("127.0.0.1", 0)
    caller = await Door(server).call()
    await until(lambda: caller.is_over)
    assert exchange.figure("motcua_calls_refused_total", carrier="audiosocket", why="stranger") == 1
    await caller.finish()
    await server.stop()


@given(st.binary(max_size=200))
async def test_whatever_bytes_come_are_messages_or_a_protocol_error(data: bytes) -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    taken = 0
    try:
        while (message := await read(reader)) is not None:
            taken += 3 + len(message[1])
    except ProtocolError:
        return
    assert taken == len(data)


def test_frames_are_sent_whole_and_marks_told_when_their_sound_has_gone() -> None:
    sent: list[bytes] = []
    told: list[str] = []
    output = PacedOutput(sent.append, b"\xff" * 4, told.append)
    output.put(b"abcdef", "first")
    output.put(b"", "nothing")
    assert told == ["nothing"]
    output.tick()
    assert (sent, told[1:]) == ([b"abcd"], [])
    output.tick()
    assert (sent[1:], told[1:]) == ([b"ef\xff\xff"], ["first"])
    output.tick()
    assert sent[2:] == [b"\xff" * 4]


def test_what_was_not_sent_can_be_dropped() -> None:
    sent: list[bytes] = []
    told: list[str] = []
    output = PacedOutput(sent.append, b"\xff", told.append)
    output.put(b"abc", "mark")
    output.tick()
    output.clear()
    output.tick()
    assert (sent, told) == ([b"a", b"\xff"], [])
