"""The sync process, ``python -m kiosk.sync``: started by the supervisor on every box, at work on an enrolled one."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType

from kiosk.bundles import health
from kiosk.centre_link.identity import BrokenIdentity, Identity, identity_of
from kiosk.sync import supervisor
from kiosk.sync.sync_service import SyncService
from runtime import logs
from runtime.settings import Settings, load
from stores.database import MigrationFailed, migrate_apart

LOOK_SECONDS = 3.0
"""Between looks at what waits: how long a report may lie in the ticket table."""

_log = logs.get("kiosk.sync")


def run(settings: Settings, stopping: threading.Event) -> None:
    """Keep in step until told to stop; a box that belongs to no centre is looked at now and then."""
    while not stopping.is_set():
        identity = _identity(settings)
        if identity is None:
            stopping.wait(LOOK_SECONDS * 5)
            continue
        _keep(settings, identity, stopping)


def _identity(settings: Settings) -> Identity | None:
    try:
        return identity_of(settings)
    except BrokenIdentity as error:
        _log.error("this box does not know who it is", cause=str(error))
        return None


def _keep(settings: Settings, identity: Identity, stopping: threading.Event) -> None:
    """Until told to stop, or until the box was enrolled anew."""
    sync_service = SyncService(
        settings,
        identity,
        restart=lambda: supervisor.restart(sync_service.applied),
        trouble=lambda: health.wait_until_well(lambda: health.trouble(settings)),
    )
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


def main() -> None:
    """Read the settings and keep in step until SIGTERM or SIGINT."""
    try:
        settings = load()
    except ValueError as error:
        sys.exit(f"motcua kiosk sync: {error}")
    logs.configure(settings.log_level, "sync")
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()
        # A request over a bad line may wait for minutes; nothing is lost by leaving it.
        sys.exit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        migrate_apart(settings.effective_database_url)
    except MigrationFailed as error:
        sys.exit(f"motcua kiosk sync: {error}")
    run(settings, stopping)


if __name__ == "__main__":
    main()
