"""Our own webhooks, called the way a Twilio-compatible provider calls them: signed forms."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
from twilio.request_validator import RequestValidator

from channels.twilio.signature import HEADER
from runtime.settings import Settings

OUR_NUMBER = "+84900000999"
"""A made-up number for the assistant; the webhooks do not depend on it."""

PROVIDER_SECONDS = 15.0
"""What a provider waits for an answer before it gives up."""


class WebhookFailed(Exception):
    """A webhook gave no answer; the message is for the person at the simulator."""


class Webhooks:
    """Signs forms and posts them; shared by all threads.

    Args:
        settings: where our gateway listens, and what its webhooks are signed with.
    """

    def __init__(self, settings: Settings) -> None:
        self._base = f"http://{reachable(settings.host)}:{settings.port}"
        self._validator = RequestValidator(settings.twilio_token())
        self._client = httpx.Client(timeout=PROVIDER_SECONDS, trust_env=False)

    def post(self, target: str, form: Mapping[str, str]) -> bytes:
        """What a webhook answers; empty where it has nothing to say.

        Args:
            target: path of the webhook, with its query if it has one.
            form: what happened.

        Raises:
            WebhookFailed: it refused, or did not answer in a provider's time.
        """
        address = self._base + target
        signature = self._validator.compute_signature(address, dict(form))
        try:
            response = self._client.post(address, data=dict(form), headers={HEADER: signature})
        except httpx.TransportError as error:
            raise WebhookFailed(f"the webhook did not answer: {type(error).__name__}") from None
        if not response.is_success:
            raise WebhookFailed(f"the webhook answered with status {response.status_code}")
        return response.content


def reachable(host: str) -> str:
    """The address at which a server bound to ``host`` hears a process of its own machine."""
    if host in {"", "0.0.0.0"}:
        return "127.0.0.1"
    if host == "::":
        return "[::1]"
    return f"[{host}]" if ":" in host else host
