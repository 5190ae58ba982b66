"""Plays the provider of text messages for the simulator: posts a message to our webhook, reads the answer."""

from __future__ import annotations

import uuid
from xml.etree import ElementTree

from channels.try_page.webhooks import OUR_NUMBER, Webhooks


class Carrier:
    """Sends messages the way a Twilio-compatible provider does.

    Args:
        webhooks: of this gateway.
    """

    def __init__(self, webhooks: Webhooks) -> None:
        self._webhooks = webhooks

    def send(self, sender: str, text: str) -> tuple[str, ...]:
        """Deliver a text message and give back the texts of the answer.

        Raises:
            WebhookFailed: the webhook refused or did not answer in a provider's time.
        """
        form = {
            "MessageSid": f"SM{uuid.uuid4().hex}",
            "From": sender,
            "To": OUR_NUMBER,
            "Body": text,
            "NumMedia": "0",
        }
        document = ElementTree.fromstring(self._webhooks.post("/sms/twilio", form))
        return tuple("".join(message.itertext()) for message in document.iter("Message"))
