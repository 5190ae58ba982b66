"""Text messages over an operator's SMPP link, spoken by the worker itself: no program between us and the operator.
Source: SMPP 3.4, issue 1.2 (12 October 1999).
"""

from __future__ import annotations

from channels.sms.providers.provider import Provider
from channels.sms.routes.route import Route
from runtime.settings import Settings
from stores.sealing import Seal


class SmppLink(Provider):
    """Every link of ``MOTCUA_SMPP_URL``."""

    name = "smpp_link"

    def is_set_up(self, settings: Settings) -> bool:
        """There is an address."""
        return settings.smpp_url is not None

    def longest(self, settings: Settings) -> int | None:
        """Operators cap a message, and refuse a longer one."""
        return settings.smpp_longest

    async def connect(self, settings: Settings, seal: Seal) -> Route:
        """The route; its links are made while it runs.

        Raises:
            SettingsError: an address is wrong.
        """
        from channels.sms.providers.smpp_link.send import SmppLinkRoute

        return SmppLinkRoute.from_settings(settings, seal, self.now)
