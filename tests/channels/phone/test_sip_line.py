"""The SIP line on a socket: every INVITE gets a final answer, whatever is in it, and the next call works."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest
from call_session_doubles import END, Exchange, ScriptedDialogue, say, until
from free_ports import free_port, free_ports
from process_memory import resident

from channels.phone.calls.pacer import Pacer
from channels.phone.calls.rtp import Ports
from channels.phone.calls.sip_line import SipLine
from channels.phone.dialogue.carrier_protocol import Keys

HOST = "127.0.0.1"
COPIED = {"Via", "From", "To", "Call-ID", "CSeq"}
"""Headers of a request that its answer repeats."""
ROOM = 16_000_000
"""Bytes a process may have grown by in the second half: some dozens of calls that were begun and are not over."""
INVITES = int(os.environ.get("MOTCUA_TEST_INVITES", "150"))
SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
)


class Exchanger(asyncio.DatagramProtocol):
    """An exchange that sends what the test writes, and keeps what comes back by call."""

    def __init__(self) -> None:
        self.answers: dict[str, list[str]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # The library's socket transports are no subclasses of what typing calls them.
        self._transport = cast(asyncio.DatagramTransport, transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: object) -> None:
        text = data.decode("utf-8", "replace")
        if text.startswith("BYE "):
            kept = [
                line for line in text.split("\r\n") if line.split(":")[0] in {"Via", "From", "To", "Call-ID", "CSeq"}
            ]
            self.send("\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""]).encode())
        call = next((line[9:] for line in text.split("\r\n") if line.lower().startswith("call-id: ")), "")
        self.answers.setdefault(call, []).append(text)

    def send(self, message: bytes) -> None:
        self._transport.sendto(message)

    def close(self) -> None:
        self._transport.close()

    def message(self, method: str, call: str, body: str = "", *, tag: str = "", cseq: int = 1, **headers: str) -> bytes:
        lines = [
            f"{method} sip:1022@{HOST} SIP/2.0",
            f"Via: SIP/2.0/UDP {HOST}:{self.port};branch=z9hG4bK{secrets.token_hex(8)}",
            "Max-Forwards: 70",
            f"From: <sip:0900000123@{HOST}>;tag=ours",
            f"To: <sip:1022@{HOST}>{tag}",
            f"Call-ID: {call}",
            f"CSeq: {cseq} {method}",
            f"Contact: <sip:0900000123@{HOST}:{self.port}>",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        if body and "Content_Type" not in headers:
            lines.append("Content-Type: application/sdp")
        return "\r\n".join([*lines, f"Content-Length: {len(body.encode())}", "", body]).encode()

    def invite(self, call: str, sdp: str | None = None, **headers: str) -> bytes:
        return self.message("INVITE", call, SDP.format(port=self.port) if sdp is None else sdp, **headers)

    def final(self, call: str) -> str:
        """The first line of the final answer to a call, or nothing yet."""
        lines = [text.split("\r\n")[0] for text in self.answers.get(call, ())]
        return next((line for line in lines if line.startswith("SIP/2.0") and line[8:9] and line[8] not in "1"), "")

    def tag(self, call: str) -> str:
        answer = next(text for text in self.answers[call] if text.startswith("SIP/2.0 200"))
        to = next(line for line in answer.split("\r\n") if line.lower().startswith("to: "))
        return to[to.index(";tag=") :]


@asynccontextmanager
async def line_of(
    exchange: Exchange, other_side: type[Exchanger] = Exchanger
) -> AsyncIterator[tuple[SipLine, Exchanger]]:
    pacer = Pacer(lambda late: None)
    port, sound = free_port(), free_ports(200)
    line = SipLine(exchange.calls, pacer, HOST, frozenset({HOST}), Ports(sound, sound + 199))
    await pacer.start()
    await line.start(port)
    _, other = await asyncio.get_running_loop().create_datagram_endpoint(other_side, remote_addr=(HOST, port))
    try:
        yield line, other
    finally:
        other.close()
        await line.stop()
        await pacer.stop()


def new_call() -> str:
    return secrets.token_hex(8)


async def taken(exchange: Exchange, other: Exchanger) -> str:
    """A call that is answered and confirmed; its id."""
    call = new_call()
    other.send(other.invite(call))
    await until(lambda: other.final(call), "no final answer")
    assert other.final(call) == "SIP/2.0 200 OK"
    other.send(other.message("ACK", call, tag=other.tag(call)))
    return call


async def test_a_key_in_a_message_is_a_key() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), END))
    async with line_of(exchange) as (_, other):
        call = await taken(exchange, other)
        await until(lambda: exchange.voice.asked)
        other.send(
            other.message(
                "INFO", call, "Signal=1\r\nDuration=160\r\n", tag=other.tag(call), cseq=2,
                Content_Type="application/dtmf-relay",
            )
        )  # fmt: skip
        await until(lambda: Keys("1") in exchange.dialogue.given)
        assert any("CSeq: 2 INFO" in text and text.startswith("SIP/2.0 200") for text in other.answers[call])


async def test_a_call_is_timed_where_the_exchange_wants_it_and_a_sign_of_life_is_answered() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào")))
    async with line_of(exchange) as (_, other):
        call = new_call()
        other.send(other.invite(call, Session_Expires="1800;refresher=uac", Supported="timer"))
        await until(lambda: other.final(call), "no final answer")
        taken_with = next(text for text in other.answers[call] if text.startswith("SIP/2.0 200"))
        assert "Session-Expires: 1800" in taken_with
        other.send(other.message("ACK", call, tag=other.tag(call)))
        other.send(other.message("UPDATE", call, tag=other.tag(call), cseq=2))
        await until(lambda: any("CSeq: 2 UPDATE" in text for text in other.answers[call]))
        assert exchange.calls.active == 1


async def test_a_call_on_hold_is_not_lost() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), END), quiet_seconds=0.6)
    async with line_of(exchange) as (_, other):
        call = await taken(exchange, other)
        await until(lambda: exchange.voice.asked)
        held = SDP.format(port=other.port) + "a=sendonly\r\n"
        other.send(other.message("INVITE", call, held, tag=other.tag(call), cseq=2))
        await until(lambda: any("CSeq: 2 INVITE" in text and "a=recvonly" in text for text in other.answers[call]))
        other.send(other.message("ACK", call, tag=other.tag(call), cseq=2))
        await asyncio.sleep(1.0)
        assert exchange.calls.active == 1
        other.send(other.message("INVITE", call, SDP.format(port=other.port), tag=other.tag(call), cseq=3))
        await until(lambda: exchange.voice.asked.count("xin chào") == 2, "it did not go on")


@pytest.mark.parametrize(
    ("headers", "sdp", "answer"),
    [
        ({"Require": "foo"}, None, "SIP/2.0 420"),
        ({}, SDP.format(port=4000).replace("RTP/AVP", "RTP/SAVP"), "SIP/2.0 488"),
        ({}, SDP.format(port=4000).replace("IP4 127.0.0.1\r\nt", "IP4 127.0.0.1\0\r\nt"), "SIP/2.0 488"),
        ({}, "v=0\r\n", "SIP/2.0 488"),
        ({}, "m=audio", "SIP/2.0 4"),
        ({}, SDP.format(port="no port"), "SIP/2.0 400"),
    ],
)
async def test_what_cannot_be_met_is_refused_and_the_next_call_works(
    headers: dict[str, str], sdp: str | None, answer: str
) -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào")))
    async with line_of(exchange) as (_, other):
        call = new_call()
        other.send(other.invite(call, sdp, **headers))
        await until(lambda: other.final(call), "no final answer")
        assert other.final(call).startswith(answer)
        if headers:
            assert any("Unsupported: foo" in text for text in other.answers[call])
        await taken(exchange, other)


async def test_a_call_without_an_offer_is_offered_both_codings_and_answered_in_the_ack() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào")))
    async with line_of(exchange) as (_, other):
        call = new_call()
        other.send(other.invite(call, ""))
        await until(lambda: other.final(call), "no final answer")
        answer = next(text for text in other.answers[call] if text.startswith("SIP/2.0 200"))
        assert "RTP/AVP 8 0 101" in answer
        assert not exchange.calls.active
        other.send(other.message("ACK", call, SDP.format(port=other.port).replace(" 8 0 ", " 0 "), tag=other.tag(call)))
        await until(lambda: exchange.voice.asked, "it is not spoken to")


async def test_a_call_without_an_offer_whose_answer_is_of_no_use_is_ended() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), say("xin chào")))
    async with line_of(exchange) as (_, other):
        call = new_call()
        other.send(other.invite(call, ""))
        await until(lambda: other.final(call), "no final answer")
        other.send(other.message("ACK", call, tag=other.tag(call)))
        await until(lambda: any(text.startswith("BYE ") for text in other.answers[call]), "it is not ended")
        await taken(exchange, other)


NOWHERE = ["127.0.0.1:99999", "127.0.0.1:0", "exchange.example:5060", "\u2026", "192.0.2.1"]


@pytest.mark.parametrize("way_back", NOWHERE)
async def test_an_answer_that_can_go_nowhere_does_not_end_the_line(way_back: str) -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), say("xin chào")))
    async with line_of(exchange) as (_, other):
        invite = other.invite(new_call()).decode()
        other.send(invite.replace(f"UDP {HOST}:{other.port}", f"UDP {way_back}").encode())
        await taken(exchange, other)


async def test_mutated_invites_are_answered_or_dropped_and_the_next_call_works() -> None:
    chance = random.Random(7)
    exchange = Exchange(ScriptedDialogue(), most=80)
    async with line_of(exchange) as (_, other):
        sizes = []
        for number in range(INVITES):
            other.send(mutated(other.invite(new_call()), chance))
            await asyncio.sleep(0.002)
            if number >= INVITES // 2:
                sizes.append(resident())
            # What came back is the test's own to keep.
            kept = sum(len(text) for texts in other.answers.values() for text in texts)
        assert sizes[-1] < sizes[0] + ROOM + 2 * kept, "memory grows with every INVITE"
        await until(lambda: not taken_up(other), "an INVITE was taken up and never answered")
        await until(lambda: exchange.calls.active == 0, "a call was left behind")
        await taken(exchange, other)


def taken_up(other: Exchanger) -> list[str]:
    """Calls of which only a beginning was told. Where the way back itself was changed, nothing comes back here."""
    return [
        call
        for call, texts in other.answers.items()
        if any(text.startswith("SIP/2.0 100") for text in texts) and not other.final(call)
    ]


def mutated(message: bytes, chance: random.Random) -> bytes:
    """A message with a few bytes changed, left out or put in."""
    changed = bytearray(message)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(changed))
        match chance.randrange(3):
            case 0:
                changed[at] = chance.randrange(256)
            case 1:
                del changed[at : at + chance.randint(1, 20)]
            case _:
                changed[at:at] = chance.randbytes(chance.randint(1, 20))
    return bytes(changed)


async def test_a_line_that_stops_takes_no_more_calls_and_waits_for_the_one_there_is() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), END))
    async with line_of(exchange) as (_, other):
        call = await taken(exchange, other)
        await until(lambda: exchange.calls.active)
        ending = asyncio.create_task(exchange.calls.end(30))
        await asyncio.sleep(0)
        refused = new_call()
        other.send(other.invite(refused))
        await until(lambda: other.final(refused), "no final answer")
        # 486 would be told the caller as busy; with 503 the exchange tries the next host.
        assert other.final(refused).startswith("SIP/2.0 503")
        assert exchange.calls.active == 1
        assert not ending.done()
        other.send(other.message("BYE", call, tag=other.tag(call), cseq=2))
        await asyncio.wait_for(ending, 10)
        assert not exchange.calls.active


async def test_a_call_that_does_not_end_is_not_waited_for_longer_than_is_set() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), END))
    async with line_of(exchange) as (_, other):
        await taken(exchange, other)
        await until(lambda: exchange.calls.active)
        await asyncio.wait_for(exchange.calls.end(0.1), 10)
        assert exchange.calls.active == 1
