"""Text messages that come in by signed webhooks, at a steady rate or as fast as they are answered."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import aiohttp
from twilio.request_validator import RequestValidator

from benchmarks.load import WrongAnswer
from benchmarks.utterances import MIX

OURS = "+84900999999"
"""The made-up number citizens write to."""

IN_FLIGHT = 200
"""Webhooks open at once; a provider opens more, but then nothing is in time any more."""


@dataclass(frozen=True)
class Arrival:
    """One message that came in."""

    phone: str
    at: float
    """Seconds since 1970 at which it was due, whenever it could be sent."""
    seconds: float
    """From then until the provider heard that it is stored."""


class Arriving:
    """Brings messages; every one gets an empty response, for all answers go through the outbox.

    Args:
        url: of the gateway.
        token: signs.
        on_message: called after each.
    """

    def __init__(self, url: str, token: str, on_message: Callable[[], None]) -> None:
        self._address = f"{url}/sms/twilio"
        self._validator = RequestValidator(token)
        self._on_message = on_message
        self._ids = itertools.count(1)

    async def at_rate(self, rate: int, seconds: int, phones: int) -> list[Arrival]:
        """So many a second, each at its time whether or not earlier ones were answered.

        Args:
            rate: messages a second.
            seconds: for how long.
            phones: number of the first made-up telephone; each message comes from another one.
        """
        first = time.time() + 0.2
        return await self.at_moments([first + index / rate for index in range(rate * seconds)], phones)

    async def at_moments(self, moments: Sequence[float], phones: int) -> list[Arrival]:
        """Each at its moment, in seconds since 1970, whether or not earlier ones were answered.

        Args:
            moments: in order.
            phones: as for :meth:`at_rate`.
        """
        async with self._session() as session, asyncio.TaskGroup() as group:
            tasks = []
            for index, due in enumerate(moments):
                await asyncio.sleep(max(0.0, due - time.time()))
                tasks.append(group.create_task(self._bring(session, phone(phones + index), index, due)))
        return [task.result() for task in tasks]

    async def as_answered(self, messages: int, citizens: int, phones: int, is_behind: Callable[[], bool]) -> None:
        """One after the other of some citizens, not faster than they are answered.

        Args:
            messages: in all.
            citizens: who write in turn.
            phones: number of the first one's made-up telephone.
            is_behind: whether too many wait for an answer.
        """
        permits = asyncio.Semaphore(8)
        async with self._session() as session, asyncio.TaskGroup() as group:
            for index in range(messages):
                while await asyncio.to_thread(is_behind) if index % 50 == 0 else False:
                    await asyncio.sleep(0.1)
                await permits.acquire()
                text = index // citizens + index
                task = group.create_task(self._bring(session, phone(phones + index % citizens), text, time.time()))
                task.add_done_callback(lambda _: permits.release())

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT), trust_env=False)

    async def _bring(self, session: aiohttp.ClientSession, sender: str, text: int, due: float) -> Arrival:
        form = {
            "MessageSid": f"SM{next(self._ids):032x}",
            "From": sender,
            "To": OURS,
            "Body": MIX[text % len(MIX)].text,
            "NumMedia": "0",
        }
        headers = {"X-Twilio-Signature": self._validator.compute_signature(self._address, form)}
        async with session.post(self._address, data=form, headers=headers) as response:
            body = await response.text()
            if response.status != 200 or "<Message>" in body:
                raise WrongAnswer(f"a text message was answered {response.status}: {body[:300]}")
        self._on_message()
        return Arrival(sender, due, time.time() - due)


def phone(number: int) -> str:
    """A made-up telephone number."""
    return f"+84900{number:06d}"
