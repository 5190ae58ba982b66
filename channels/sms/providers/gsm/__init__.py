"""Text messages over a GSM modem on this machine, which gammu-smsd (Debian package ``gammu-smsd``) drives.
Source: gammu 1.42, manual and source; what they leave open was tried on the real program.
"""

from __future__ import annotations

from channels.sms.providers.provider import Provider
from channels.sms.routes.route import Route
from runtime.settings import Settings
from stores.sealing import Seal


class Gsm(Provider):
    """The modem of this machine."""

    name = "gsm"

    def is_set_up(self, settings: Settings) -> bool:
        """Its device is named."""
        return settings.gsm_device is not None

    async def connect(self, settings: Settings, seal: Seal) -> Route:
        """The route over the modem.

        Raises:
            SettingsError: gammu-smsd is not installed, or a value cannot stand in its file.
        """
        from channels.sms.providers.gsm.send import GsmRoute

        return GsmRoute.from_settings(settings, seal, self.now)
