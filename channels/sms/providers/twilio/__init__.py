"""Twilio-compatible messaging (Twilio, SignalWire, Somleng): signed webhooks in, TwiML and REST out.

Source: the provider's public documentation, https://www.twilio.com/docs/messaging.
"""

from __future__ import annotations

from channels.sms.routes.route import Route
from runtime.settings import Settings


async def connect(settings: Settings) -> Route | None:
    """The route out inside the running event loop; None when no account is set."""
    # Only the worker sends: the gateway does not pay for the SDK's memory.
    from channels.sms.providers.twilio.send import TwilioRoute

    return TwilioRoute.from_settings(settings)
