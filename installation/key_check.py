"""Whether the secret opens what the installation keeps: asked at each start, and after a restore."""

from __future__ import annotations

from installation.root import Installation
from runtime.messages import Message
from runtime.settings import SettingsError


def check_keys(here: Installation) -> None:
    """Refuse to start on data sealed with another key: words would be lost one by one, and nobody told.

    Raises:
        SettingsError: nothing of what is sealed can be opened.
    """
    from stores.sealing_anew import readable

    here.keyring.only_this_secret()
    opened, looked = readable(here.database, here.seal)
    if looked and not opened:
        raise SettingsError(
            Message(
                "MOTCUA_SECRET_KEY opens none of the {looked} sealed values looked at in the database: set the key "
                "this data was kept with (a restored copy needs the key of its day), or begin with an empty data "
                "folder",
                looked=looked,
            )
        )
