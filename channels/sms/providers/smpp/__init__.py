"""Text messages over an operator's SMPP link, which Kannel holds: webhooks in, its ``sendsms`` service out.
Source: Kannel 1.4.5, user guide and source; what the guide leaves open was tried with the real program.
"""

from __future__ import annotations

from channels.sms.routes.route import Route
from runtime.settings import Settings


async def connect(settings: Settings) -> Route | None:
    """The route to Kannel; None when no address of it is set.

    Raises:
        SettingsError: there is an address, but no password.
    """
    from channels.sms.providers.smpp.send import KannelRoute

    return KannelRoute.from_settings(settings) if settings.kannel_url else None
