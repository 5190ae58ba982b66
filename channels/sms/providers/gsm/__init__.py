"""Text messages over a GSM modem on this machine, which gammu-smsd (Debian package ``gammu-smsd``) drives.
Source: gammu 1.42, manual and source; what they leave open was tried on the real program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from channels.sms.providers.gsm.lines import lines_of
from channels.sms.providers.provider import Provider
from channels.sms.routes.route import Route
from runtime.settings import Settings
from stores.sealing import Seal


class Gsm(Provider):
    """The modems of this machine, a route each."""

    name = "gsm"

    def is_set_up(self, settings: Settings) -> bool:
        """A device is named."""
        return settings.gsm_device is not None or settings.gsm_modems is not None

    def lines(self, settings: Settings) -> Mapping[str, str]:
        """Each modem with the number of its card."""
        return {line.route: line.number for line in lines_of(settings)} if self.is_set_up(settings) else {}

    async def connect(self, settings: Settings, seal: Seal) -> Sequence[Route]:
        """The routes over the modems.

        Raises:
            SettingsError: gammu-smsd is not installed, or a value cannot stand in its file.
        """
        from channels.sms.providers.gsm.send import GsmRoute

        return [GsmRoute.on_line(line, settings, seal, self.now) for line in lines_of(settings)]
