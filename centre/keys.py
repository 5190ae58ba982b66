"""The centre's own keys, which kiosks pin at enrolment. Back them up: without them every box must be enrolled anew."""

from __future__ import annotations

from kiosk.protocol.keys import Keys
from runtime.settings import Settings


def centre_keys(settings: Settings) -> Keys:
    """Made at first use, in the secrets of the data folder; several gateways must share the file."""
    return Keys.kept(settings.data_path / "secrets" / "centre.keys")
