"""Calls that warn, over a SIP line to an exchange on a socket: taken, busy, not taken, taken back, asked who calls."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest
from call_session_doubles import until
from free_ports import free_port
from warning_call_doubles import DUE, HOST, NUMBER, Due, dialling

from channels.phone.calls import sip_line
from channels.phone.dialogue.carrier_protocol import CallStarted, Keys, Silence
from channels.phone.warning_calls import dialler
from channels.phone.warning_calls.dialler import dialled
from channels.phone.warning_calls.script import WarningScript
from channels.warnings.calls import DueCall
from channels.warnings.rules import Outcome

SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
)
COPIED = {"via", "from", "call-id", "cseq"}


class Telephone(asyncio.DatagramProtocol):
    """An exchange with one telephone behind it, which does as the test says."""

    def __init__(self, *finals: int, presses: str = "", rings: bool = True, asks: bool = False) -> None:
        self.finals = list(finals)
        self.presses = presses
        self.rings = rings
        self.asks = asks
        self.seen: list[str] = []
        self.unheard = 0
        """Requests that get lost on their way here."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # The library's socket transports are no subclasses of what typing calls them.
        self._transport = cast(asyncio.DatagramTransport, transport)
        self.port = transport.get_extra_info("sockname")[1]

    def methods(self, method: str) -> list[str]:
        return [text for text in self.seen if text.startswith(f"{method} ")]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        text = data.decode()
        if self.unheard:
            self.unheard -= 1
            return
        self.seen.append(text)
        if text.startswith("INVITE "):
            self._invited(text, addr)
        elif text.startswith("CANCEL "):
            self._answer(200, text, addr)
            self._answer(487, self.methods("INVITE")[-1], addr)
        elif text.startswith("BYE "):
            self._answer(200, text, addr)
        elif text.startswith("ACK ") and self.presses and "tag=theirs" in text:
            # Pressed while the warning is said: it counts when the key is asked for.
            asyncio.get_running_loop().call_later(0.3, self._info, text, addr, self.presses)
            self.presses = ""

    def _invited(self, text: str, addr: tuple[str, int]) -> None:
        self._answer(100, text, addr)
        if self.asks and "proxy-authorization:" not in text.lower():
            challenge = 'Proxy-Authenticate: Digest realm="trunk", nonce="abc", qop="auth", algorithm=MD5'
            self._answer(407, text, addr, challenge)
            return
        if self.rings:
            self._answer(180, text, addr)
        if self.finals:
            status = self.finals.pop(0)
            body = SDP.format(port=free_port()) if status == 200 else ""
            contact = f"Contact: <sip:{HOST}:{self.port}>"
            self._answer(status, text, addr, *([contact, "Content-Type: application/sdp"] if body else []), body=body)

    def _answer(self, status: int, text: str, addr: tuple[str, int], *more: str, body: str = "") -> None:
        lines = text.split("\r\n\r\n")[0].split("\r\n")[1:]
        kept = [line for line in lines if line.split(":")[0].lower() in COPIED]
        to = next(line for line in lines if line.lower().startswith("to:"))
        tagged = to if "tag=" in to or status == 100 else f"{to};tag=theirs"
        head = [f"SIP/2.0 {status} So", *kept, tagged, *more, f"Content-Length: {len(body)}", "", body]
        self._transport.sendto("\r\n".join(head).encode(), addr)

    def _info(self, ack: str, addr: tuple[str, int], key: str) -> None:
        headers = dict(line.split(": ", 1) for line in ack.split("\r\n")[1:] if ": " in line)
        body = f"Signal={key}\r\n"
        lines = [
            f"INFO sip:{HOST} SIP/2.0",
            f"Via: SIP/2.0/UDP {HOST}:{self.port};branch=z9hG4bK{secrets.token_hex(4)}",
            f"From: {headers['To']}",
            f"To: {headers['From']}",
            f"Call-ID: {headers['Call-ID']}",
            "CSeq: 1 INFO",
            "Content-Type: application/dtmf-relay",
            f"Content-Length: {len(body)}",
            "",
            body,
        ]
        self._transport.sendto("\r\n".join(lines).encode(), addr)


@asynccontextmanager
async def calling(telephone: Telephone, due: Due, *, ring_seconds: int = 10, lines: int = 4) -> AsyncIterator[None]:
    theirs = free_port()
    exchange, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: telephone, local_addr=(HOST, theirs)
    )
    try:
        async with dialling(theirs, due, ring_seconds=ring_seconds, lines=lines):
            yield
    finally:
        exchange.close()


async def test_who_presses_the_key_has_confirmed() -> None:
    telephone, due = Telephone(200, presses="1"), Due(DUE)
    async with calling(telephone, due):
        await until(lambda: due.settled, "the call was not settled")
        await until(lambda: telephone.methods("BYE"), "the call was not ended")
    assert due.settled == [(Outcome.CONFIRMED, True)]
    assert telephone.methods("INVITE")[0].startswith("INVITE sip:0900000123@")
    assert "From: <sip:0240000000@" in telephone.methods("INVITE")[0]


async def test_any_other_key_confirms_nothing() -> None:
    script = WarningScript(DUE, 2)
    first = script.step("call", CallStarted(), hears=False)
    assert [line.interruptible for line in first.say] == [False, False, True]
    assert "bão mạnh" in first.say[1].text
    script.step("call", Keys("2"), hears=False)
    assert not script.confirmed
    ended = script.step("call", Silence(), hears=False)
    assert ended.then is not None
    assert not script.confirmed
    assert script.answered


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(486, Outcome.BUSY), (603, Outcome.NO_ANSWER), (404, Outcome.NO_NUMBER), (503, Outcome.FAILED)],
)
async def test_a_call_that_is_not_taken_is_told_apart_and_acknowledged(status: int, outcome: Outcome) -> None:
    telephone, due = Telephone(status), Due(DUE)
    async with calling(telephone, due):
        await until(lambda: due.settled, "the call was not settled")
        await until(lambda: telephone.methods("ACK"), "the refusal was not acknowledged")
    assert due.settled == [(outcome, False)]


async def test_a_telephone_that_nobody_takes_stops_ringing() -> None:
    telephone, due = Telephone(), Due(DUE)
    async with calling(telephone, due, ring_seconds=1):
        await until(lambda: due.settled, "it rings on")
        await until(lambda: telephone.methods("ACK"), "the end was not acknowledged")
    assert due.settled == [(Outcome.NO_ANSWER, False)]
    invited, cancelled = telephone.methods("INVITE")[0], telephone.methods("CANCEL")[0]
    branch = re.compile(r"branch=(\w+)")
    assert branch.findall(invited) == branch.findall(cancelled)


async def test_a_telephone_stops_ringing_when_the_warning_is_taken_back() -> None:
    telephone, due = Telephone(), Due(DUE)
    async with calling(telephone, due):
        await until(lambda: telephone.methods("INVITE"), "nobody was called")
        due.holds = False
        await until(lambda: due.settled, "it rings on")
    assert due.settled == [(Outcome.ENDED, False)]
    assert telephone.methods("CANCEL")


async def test_an_exchange_that_asks_who_calls_is_told() -> None:
    telephone, due = Telephone(486, asks=True), Due(DUE)
    async with calling(telephone, due):
        await until(lambda: due.settled, "the call was not settled")
    assert due.settled == [(Outcome.BUSY, False)]
    proven = telephone.methods("INVITE")[-1]
    assert 'username="xa"' in proven
    assert "mat khau" not in proven


async def test_an_invite_that_gets_lost_is_sent_again() -> None:
    telephone, due = Telephone(486), Due(DUE)
    telephone.unheard = 1
    async with calling(telephone, due):
        await until(lambda: due.settled, "the call was not settled")
    assert due.settled == [(Outcome.BUSY, False)]


async def test_a_telephone_taken_when_nobody_waits_any_more_is_hung_up() -> None:
    class Late(Telephone):
        def _invited(self, text: str, addr: tuple[str, int]) -> None:
            self.caller = addr

    telephone, due = Late(), Due(DUE)
    async with calling(telephone, due, ring_seconds=1):
        await until(lambda: due.settled, "the call was not given up")
        contact = f"Contact: <sip:{HOST}:{telephone.port}>"
        for _ in range(2):
            telephone._answer(200, telephone.methods("INVITE")[-1], telephone.caller, contact)
        await until(lambda: telephone.methods("BYE"), "whoever took it holds a silent telephone")
        await until(lambda: len(telephone.methods("ACK")) == 2, "a repeated answer was not acknowledged")
    assert due.settled == [(Outcome.FAILED, False)]
    assert len(telephone.methods("BYE")) == 1


@pytest.mark.parametrize(("lost", "said"), [(1, 2), (9, 3)])
async def test_a_call_taken_late_is_hung_up_until_the_exchange_has_heard_it(
    monkeypatch: pytest.MonkeyPatch, lost: int, said: int
) -> None:
    """Not once more after it was answered, nor after the last wait."""
    monkeypatch.setattr(sip_line, "RETRY_SECONDS", (0.1, 0.1, 0.1))

    class LateAndDeaf(Telephone):
        def _invited(self, text: str, addr: tuple[str, int]) -> None:
            self.caller = addr

        def _answer(self, status: int, text: str, addr: tuple[str, int], *more: str, body: str = "") -> None:
            if not text.startswith("BYE ") or len(self.methods("BYE")) > lost:
                super()._answer(status, text, addr, *more, body=body)

    telephone, due = LateAndDeaf(), Due(DUE)
    async with calling(telephone, due, ring_seconds=1):
        await until(lambda: due.settled, "the call was not given up")
        contact = f"Contact: <sip:{HOST}:{telephone.port}>"
        telephone._answer(200, telephone.methods("INVITE")[-1], telephone.caller, contact)
        await until(lambda: len(telephone.methods("BYE")) == said, "a BYE that got lost was not said again")
        await asyncio.sleep(0.4)
    assert len(telephone.methods("BYE")) == said


async def test_a_look_for_who_is_due_that_failed_ends_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Due):
        failed = False

        def claim(self, owner: str, most: int) -> list[DueCall]:
            if not self.failed:
                self.failed = True
                raise ValueError("a defect")
            return super().claim(owner, most)

    monkeypatch.setattr(dialler, "DATABASE_PAUSE", 0.01)
    telephone, due = Telephone(486), Broken(DUE)
    async with calling(telephone, due):
        await until(lambda: due.settled, "nobody was called any more")
    assert due.settled == [(Outcome.BUSY, False)]


async def test_no_more_are_called_at_once_than_there_are_lines() -> None:
    telephone, due = Telephone(), Due(DUE, DUE, DUE)
    async with calling(telephone, due, lines=2):
        await until(lambda: len(telephone.methods("INVITE")) == 2, "nobody was called")
        await asyncio.sleep(0.2)
        assert len(due.calls) == 1


def test_numbers_are_dialled_as_the_exchange_wants_them() -> None:
    assert dialled(NUMBER, "national") == "0900000123"
    assert dialled(NUMBER, "international") == NUMBER
    assert dialled("+85620000000", "national") == "+85620000000"
