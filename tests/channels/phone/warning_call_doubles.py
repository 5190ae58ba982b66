"""Those who are to be warned by call, and a line that calls them, as the test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from aiosipua import SipDigestAuth
from call_session_doubles import SEAL, Exchange, HummingVoice, ScriptedDialogue, ToldEar, vowel
from free_ports import free_port, free_ports
from prometheus_client import CollectorRegistry

from channels.phone.calls.figures import CallFigures
from channels.phone.calls.own_words import Styles
from channels.phone.calls.pacer import Pacer
from channels.phone.calls.rtp import Ports
from channels.phone.calls.session import Surroundings
from channels.phone.calls.sip_dialling import Way
from channels.phone.calls.sip_line import SipLine
from channels.phone.warning_calls.dialler import WarningDialler
from channels.phone.warning_calls.figures import WarningCallFigures
from channels.warnings.calls import DueCall
from channels.warnings.rules import CallRules, Outcome, warning_rules
from speech.voices.voice import Style

HOST = "127.0.0.1"
NUMBER = "+84900000123"
DUE = DueCall(7, "somebody", NUMBER, "storm", {"place": "xã Ví Dụ", "time": "20 giờ"})


class Due:
    """Those who are to be called, and what became of it."""

    def __init__(self, *calls: DueCall) -> None:
        self.calls = list(calls)
        self.settled: list[tuple[Outcome, bool]] = []
        self.holds = True

    def claim(self, owner: str, most: int) -> list[DueCall]:
        claimed, self.calls = self.calls[:most], self.calls[most:]
        return claimed

    def settle(self, due: DueCall, outcome: Outcome, *, answered: bool, owner: str) -> None:
        self.settled.append((outcome, answered))

    def goes_on(self, warning: int) -> bool:
        return self.holds


class ShortVoice(HummingVoice):
    """Says everything in the same time."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    async def say(
        self, text: str, style: Style, *, rate: int = 16000, is_public: bool = False
    ) -> AsyncGenerator[bytes, None]:
        self.asked.append(text)
        yield vowel(self._seconds)


@asynccontextmanager
async def dialling(
    exchange: int, due: Due, *, ring_seconds: int = 10, lines: int = 4, says_seconds: float = 0.1
) -> AsyncIterator[None]:
    """A line that calls who is due through the exchange on a port, until the test is over."""
    registry = CollectorRegistry()
    port, sound = free_port(), free_ports(40)
    pacer = Pacer(lambda late: None)
    await pacer.start()
    line = SipLine(Exchange(ScriptedDialogue()).calls, pacer, HOST, frozenset({HOST}), Ports(sound, sound + 39))
    await line.start(port)
    line.dials(Way((HOST, exchange), "0240000000", account=SipDigestAuth("xa", "mat khau")))
    threads = ThreadPoolExecutor(4)
    around = Surroundings(
        ScriptedDialogue(), ToldEar(), ShortVoice(says_seconds), Styles(), CallFigures(registry), threads
    )
    usual = warning_rules().calls
    dialler = WarningDialler(
        due,
        line,
        around,
        SEAL,
        CallRules(usual.tries, ring_seconds, usual.pauses, usual.said),
        lines=lines,
        owner="a test",
        figures=WarningCallFigures(registry),
    )
    running = asyncio.create_task(dialler.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await line.stop()
        await pacer.stop()
        threads.shutdown(wait=False)
