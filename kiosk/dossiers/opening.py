"""The look-up of this box, put together from its settings."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final

from actions.dossiers.model import Clock
from kiosk.centre_link.client import CentreClient
from kiosk.centre_link.identity import Identity, Sequence, identity_folder, identity_of, keys_of
from kiosk.dossiers.look_up import KioskStore
from kiosk.dossiers.offline_dossiers import KeptDossiers
from kiosk.queue.box_clock import Watch
from runtime.clock import VIETNAM
from runtime.settings import Settings
from stores.database import Database

LIVE_SECONDS: Final = 6.0
"""A citizen stands there: after so long the kept data are told."""


def kiosk_store(settings: Settings, identity: Identity, database: Database) -> tuple[KioskStore, Clock]:
    """Where this box looks dossiers up, and the time as the centre tells it.

    Args:
        settings: of this box.
        identity: of this kiosk.
        database: of this box; holds what the centre sent.
    """
    keys, watch = keys_of(settings, identity), Watch(database)

    def send(question: bytes) -> bytes:
        # One a question: look-ups are rare, and a connection left open would cost the line more than a new one.
        sequence = Sequence(identity_folder(settings) / "sequence")
        client = CentreClient(identity, keys, sequence, time.monotonic, LIVE_SECONDS)
        try:
            return client.send("POST", "/status", question).body
        finally:
            client.close()

    def is_locked() -> bool:
        now = identity_of(settings)
        return now is None or now.locked

    def centre_time() -> datetime:
        return datetime.fromtimestamp(watch.now(), UTC).astimezone(VIETNAM)

    kept = KeptDossiers(database, identity.centre)
    store = KioskStore(send, keys, identity.centre, kept, is_locked)
    return store, centre_time
