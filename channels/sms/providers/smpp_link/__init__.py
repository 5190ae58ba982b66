"""Text messages over an operator's SMPP link, spoken by the worker itself: no program between us and the operator.
Source: SMPP 3.4, issue 1.2 (12 October 1999).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from channels.sms.providers.provider import Provider
from channels.sms.providers.smpp_link.links import links_of
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

    def lines(self, settings: Settings) -> Mapping[str, str]:
        """Each route with our number there, where all of its links have one."""
        found: dict[str, str] = {}
        for route, addresses in links_of(settings).items():
            numbers = {address.number for address in addresses}
            found[route] = numbers.pop() if len(numbers) == 1 else ""
        return found

    async def connect(self, settings: Settings, seal: Seal) -> Sequence[Route]:
        """The routes; their links are made while they run.

        Raises:
            SettingsError: an address is wrong.
        """
        from channels.sms.providers.smpp_link.send import SmppLinkRoute

        return SmppLinkRoute.all_of(settings, seal, self.now)
