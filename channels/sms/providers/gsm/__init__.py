"""Text messages over a GSM modem on this machine, which gammu-smsd (Debian package ``gammu-smsd``) drives.
Source: gammu 1.42, manual and source; what they leave open was tried on the real program.
"""

from __future__ import annotations

from channels.sms.routes.route import Route
from runtime.settings import Settings


async def connect(settings: Settings) -> Route | None:
    """The route over the modem; None when no device is set.

    Raises:
        SettingsError: a device is set, but gammu-smsd is not installed.
    """
    from channels.sms.providers.gsm.send import GsmRoute

    return GsmRoute.from_settings(settings) if settings.gsm_device else None
