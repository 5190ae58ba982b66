"""Citizens who write, and a provider that brings each message until we have said that we have it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import aiohttp
from twilio.request_validator import RequestValidator

IN_FLIGHT = 24
"""Webhooks at once; fewer than would have the gateway refuse connections."""

PAUSE = 0.3
PATIENCE = 120.0
"""Seconds between tries of one message and until all are given up: generous, for machines that do other work."""

QUESTIONS = (
    "dang ky khai sinh cho con can giay to gi",
    "le phi dang ky ket hon la bao nhieu",
    "khai tu cho ong noi can mang theo gi",
    "dang ky tam tru o dau",
    "doi the can cuoc mat bao nhieu ngay",
    "xac nhan tinh trang hon nhan can gi",
    "chung thuc ban sao o dau",
    "dang ky thuong tru can giay to gi",
)


@dataclass(frozen=True)
class Citizen:
    """Somebody with one question."""

    phone: str
    question: str


def citizens(group: int, number: int) -> list[Citizen]:
    """So many, of whom nobody is in another group; made-up numbers."""
    return [Citizen(f"+84900{group}{index:05}", QUESTIONS[index % len(QUESTIONS)]) for index in range(number)]


@dataclass
class Delivery:
    """How bringing the messages went."""

    accepted: int = 0
    tries: int = 0


class MessagesFromProvider:
    """Brings messages to the webhook as the provider does whose operator asked it to try again (``#rc=5&rp=all``).

    Args:
        url: of the gateway, as it is signed.
        token: signs.
        reached: gives the address a try goes to, where a balancer stands in front; by default the one that is signed.
    """

    def __init__(self, url: str, token: str, reached: Callable[[int], str] | None = None) -> None:
        self._address = url + "/sms/twilio"
        self._reached = reached or (lambda number: url)
        self._validator = RequestValidator(token)
        self.progress = Delivery()

    async def bring(
        self, people: Sequence[Citizen], on_text: Callable[[Citizen, list[str]], None], in_flight: int = IN_FLIGHT
    ) -> None:
        """Bring everybody's question; returns when each is accepted.

        Args:
            people: who writes.
            on_text: takes what stood in the response that was accepted.
            in_flight: messages at once.
        """
        permits = asyncio.Semaphore(in_flight)
        timeout = aiohttp.ClientTimeout(total=15)
        connector = aiohttp.TCPConnector(limit=in_flight)
        async with aiohttp.ClientSession(connector=connector, trust_env=False, timeout=timeout) as session:

            async def one(citizen: Citizen) -> None:
                async with permits:
                    on_text(citizen, await self._bring(session, citizen))
                    self.progress.accepted += 1

            await asyncio.gather(*(one(citizen) for citizen in people))

    async def _bring(self, session: aiohttp.ClientSession, citizen: Citizen) -> list[str]:
        form = {
            "MessageSid": f"SM{int(citizen.phone[1:]):032x}",
            "From": citizen.phone,
            "To": "+84900000999",
            "Body": citizen.question,
            "NumMedia": "0",
        }
        headers = {"X-Twilio-Signature": self._validator.compute_signature(self._address, form)}
        deadline = time.monotonic() + PATIENCE
        last = "nothing"
        while time.monotonic() < deadline:
            self.progress.tries += 1
            try:
                address = self._reached(self.progress.tries) + "/sms/twilio"
                async with session.post(address, data=form, headers=headers) as response:
                    body = await response.read()
                    if response.status == 200:
                        return ["".join(text.itertext()) for text in ElementTree.fromstring(body)]
                    assert response.status >= 500, f"refused with {response.status}: {body[:200]!r}"
                    last = str(response.status)
            except (aiohttp.ClientError, TimeoutError) as error:
                last = type(error).__name__
            await asyncio.sleep(PAUSE)
        raise AssertionError(f"a message was not accepted in {PATIENCE:.0f} s, at last: {last}")
