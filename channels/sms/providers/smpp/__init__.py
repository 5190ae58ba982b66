"""Text messages over an operator's SMPP link, which Kannel holds: webhooks in, its ``sendsms`` service out.
Source: Kannel 1.4.5, user guide and source; what the guide leaves open was tried with the real program.
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


class Smpp(Provider):
    """One Kannel."""

    name = "smpp"

    def is_set_up(self, settings: Settings) -> bool:
        """Kannel's address is there."""
        return settings.kannel_url is not None

    def longest(self, settings: Settings) -> int | None:
        """Operators and aggregators cap a message, and refuse a longer one."""
        return settings.kannel_longest

    def lines(self, settings: Settings) -> Mapping[str, str]:
        """One, with the number of its setting."""
        return {self.name: settings.kannel_number or ""} if self.is_set_up(settings) else {}

    async def connect(self, settings: Settings, seal: Seal) -> Route:
        """The route to Kannel.

        Raises:
            SettingsError: there is an address, but no password.
        """
        from channels.sms.providers.smpp.send import KannelRoute

        return KannelRoute.from_settings(settings)

    def webhooks(self, parts: WebhookParts) -> Sequence[Blueprint]:
        """Messages and reports, from Kannel alone."""
        from channels.sms.providers.smpp import receive, status
        from channels.sms.providers.smpp.caller import KannelCheck

        check = KannelCheck.from_settings(parts.settings, parts.callers, parts.metrics)
        return receive.blueprint(parts.arrivals, check, parts.metrics, parts.now), status.blueprint(
            parts.arrivals, check
        )
