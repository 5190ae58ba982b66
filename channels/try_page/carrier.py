"""Plays the provider for the simulator: signs a message, posts it to our own webhook, reads the answer."""

from __future__ import annotations

import uuid
from xml.etree import ElementTree

import httpx
from twilio.request_validator import RequestValidator

from assistant.settings import Settings
from channels.sms.twilio.signature import HEADER

OUR_NUMBER = "+84900000999"
"""A made-up number for the assistant; the webhook does not depend on it."""

PROVIDER_SECONDS = 15.0
"""What a provider waits for an answer before it gives up."""


class CarrierError(Exception):
    """The webhook gave no answer; the message is for the person at the simulator."""


class Carrier:
    """Sends messages the way a Twilio-compatible provider does."""

    def __init__(self, settings: Settings) -> None:
        self._address = f"http://{reachable(settings.host)}:{settings.port}/sms/twilio"
        self._validator = RequestValidator(settings.twilio_token())
        self._client = httpx.Client(timeout=PROVIDER_SECONDS, trust_env=False)

    def send(self, sender: str, text: str) -> tuple[str, ...]:
        """Deliver a text message and give back the texts of the answer.

        Raises:
            CarrierError: the webhook refused or did not answer in a provider's time.
        """
        form = {
            "MessageSid": f"SM{uuid.uuid4().hex}",
            "From": sender,
            "To": OUR_NUMBER,
            "Body": text,
            "NumMedia": "0",
        }
        signature = self._validator.compute_signature(self._address, form)
        try:
            response = self._client.post(self._address, data=form, headers={HEADER: signature})
        except httpx.TransportError as error:
            raise CarrierError(f"the webhook did not answer: {type(error).__name__}") from None
        if response.status_code != httpx.codes.OK:
            raise CarrierError(f"the webhook answered with status {response.status_code}")
        document = ElementTree.fromstring(response.content)
        return tuple("".join(message.itertext()) for message in document.iter("Message"))


def reachable(host: str) -> str:
    """The address at which a server bound to ``host`` hears a process of its own machine."""
    if host in {"", "0.0.0.0"}:
        return "127.0.0.1"
    if host == "::":
        return "[::1]"
    return f"[{host}]" if ":" in host else host
