"""Twilio-compatible messaging (Twilio, SignalWire, Somleng): signed webhooks in, TwiML and REST out.

Source: the provider's public documentation, https://www.twilio.com/docs/messaging.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from channels.sms.providers.provider import Provider, WebhookParts
from channels.sms.routes.route import Route
from runtime.settings import Settings
from stores.sealing import Seal

if TYPE_CHECKING:
    from flask import Blueprint


class Twilio(Provider):
    """One account."""

    name = "twilio"

    def is_set_up(self, settings: Settings) -> bool:
        """Account and token are there."""
        return settings.twilio_account_sid is not None and settings.twilio_auth_token is not None

    def lines(self, settings: Settings) -> Mapping[str, str]:
        """One, with the number of its setting."""
        return {self.name: settings.twilio_number or ""} if self.is_set_up(settings) else {}

    async def connect(self, settings: Settings, seal: Seal) -> Route:
        """The route out, through the provider's SDK."""
        from channels.sms.providers.twilio.send import TwilioRoute

        return TwilioRoute.from_settings(settings, self.now)

    def webhooks(self, parts: WebhookParts) -> Sequence[Blueprint]:
        """Messages and receipts, signed; without a token the answer says which setting is missing."""
        from channels.sms.providers.twilio import receive, status
        from channels.twilio.caller import ProviderCheck

        check = ProviderCheck(parts.settings, parts.callers, parts.metrics)
        public_url = str(parts.settings.public_url) if parts.settings.public_url else None
        return (
            receive.blueprint(parts.receiving, check, parts.metrics, public_url, parts.now),
            status.blueprint(parts.arrivals, check),
        )
