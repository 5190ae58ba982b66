"""The work of the sync process: runs on every box, and does something on an enrolled one."""

from __future__ import annotations

import threading
from collections.abc import Callable

from kiosk.centre_link.identity import BrokenIdentity, Identity, identity_of
from kiosk.sync.sync_service import SyncService
from runtime import logs
from runtime.settings import Settings

LOOK_SECONDS = 3.0
"""Between looks at what waits: how long a report may lie in the ticket table."""

_log = logs.get("kiosk.sync")


Make = Callable[[Identity], SyncService]
"""Makes the service for who this box is; it is closed when that changes."""


def run(settings: Settings, make: Make, stopping: threading.Event) -> None:
    """Keep in step until told to stop; a box that belongs to no centre is looked at now and then."""
    while not stopping.is_set():
        identity = _identity(settings)
        if identity is None:
            stopping.wait(LOOK_SECONDS * 5)
            continue
        _keep(settings, identity, make, stopping)


def _identity(settings: Settings) -> Identity | None:
    try:
        return identity_of(settings)
    except BrokenIdentity as error:
        _log.error("this box does not know who it is", cause=str(error))
        return None


def _keep(settings: Settings, identity: Identity, make: Make, stopping: threading.Event) -> None:
    """Until told to stop, or until the box was enrolled anew."""
    sync_service = make(identity)
    _log.info("keeping in step with the centre", kiosk=identity.kiosk, bundle=sync_service.applied.number)
    try:
        sync_service.settle()
        while not stopping.wait(LOOK_SECONDS):
            now = _identity(settings)
            if now is None or now.kiosk != identity.kiosk:
                return
            sync_service.look()
    finally:
        sync_service.close()
