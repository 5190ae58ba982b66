"""The ways into the systems: each says one thing and checks the answer."""

from __future__ import annotations

import itertools
import json

import aiohttp
from twilio.request_validator import RequestValidator

from benchmarks.load import Say, WrongAnswer
from benchmarks.utterances import Said
from runtime.core_key import core_key


def core(url: str, secret: str) -> Say:
    """The core's own channel."""
    headers = {"Authorization": f"Bearer {core_key(secret.encode())}"}

    async def say(session: aiohttp.ClientSession, conversation: str, said: Said) -> None:
        turn = {"channel": "sms", "conversation": conversation, "text": said.text}
        async with session.post(f"{url}/webhooks/turn/converse", json=turn, headers=headers) as response:
            _check(said, response.status, await response.text())

    return say


def gateway(url: str) -> Say:
    """The gateway's API."""

    async def say(session: aiohttp.ClientSession, conversation: str, said: Said) -> None:
        turn = {"channel": "kiosk", "conversation": conversation, "text": said.text}
        async with session.post(f"{url}/api/v1/converse", json=turn) as response:
            _check(said, response.status, await response.text())

    return say


def sms(url: str, token: str) -> Say:
    """The signed webhook of text messages; every conversation has a made-up telephone number."""
    validator = RequestValidator(token)
    message_numbers = itertools.count()
    numbers: dict[str, str] = {}

    async def say(session: aiohttp.ClientSession, conversation: str, said: Said) -> None:
        sender = numbers.setdefault(conversation, f"+8490000{len(numbers):04d}")
        form = {
            "MessageSid": f"SM{next(message_numbers):032x}",
            "From": sender,
            "To": "+84900000999",
            "Body": said.text,
            "NumMedia": "0",
        }
        address = f"{url}/sms/twilio"
        headers = {"X-Twilio-Signature": validator.compute_signature(address, form)}
        async with session.post(address, data=form, headers=headers) as response:
            body = await response.text()
            if response.status != 200 or "<Message>" not in body:
                raise WrongAnswer(f"{said.text!r} was answered {response.status}: {body[:300]}")

    return say


def rest(url: str) -> Say:
    """Stock Rasa's REST channel."""

    async def say(session: aiohttp.ClientSession, conversation: str, said: Said) -> None:
        message = {"sender": conversation, "message": said.text}
        async with session.post(f"{url}/webhooks/rest/webhook", json=message) as response:
            body = await response.text()
            if response.status != 200 or said.reply not in body:
                raise WrongAnswer(f"the reference answered {said.text!r} with {response.status}: {body[:300]}")

    return say


def _check(said: Said, status: int, body: str) -> None:
    if status != 200:
        raise WrongAnswer(f"{said.text!r} was answered {status}: {body[:300]}")
    answer = json.loads(body)
    if not answer["replies"] or answer["understanding"]["procedure"] != said.procedure:
        raise WrongAnswer(f"{said.text!r} was understood as {answer['understanding']}")
