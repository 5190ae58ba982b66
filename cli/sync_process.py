"""The sync process: started by the supervisor on every box, at work on an enrolled one."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType

from installation.kiosk import sync_service
from installation.root import Installation
from installation.tables import migrate_apart
from kiosk import recent_log
from kiosk.bundles import health
from kiosk.bundles.following import not_taken_up
from kiosk.centre_link.identity import Identity
from kiosk.page.visits import may_restart
from kiosk.sync import supervisor
from kiosk.sync.sync_loop import run
from kiosk.sync.sync_service import SyncService
from runtime import logs
from runtime.messages import translated
from runtime.operator_errors import told_in_one_sentence
from runtime.settings import load


def main() -> None:
    """Read the settings and keep in step until SIGTERM or SIGINT."""
    try:
        settings = load()
    except ValueError as error:
        sys.exit(f"motcua kiosk sync: {translated(error)}")
    logs.configure(settings.log_level, "sync")
    recent_log.keep(settings.data_path, "sync")
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()
        # A request over a bad line may wait for minutes; nothing is lost by leaving it.
        sys.exit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    migrate_apart(settings.effective_database_url)
    here = Installation(settings).alone()

    def make(identity: Identity) -> SyncService:
        service = sync_service(
            here,
            identity,
            renew=supervisor.renew,
            restart=supervisor.restart,
            is_idle=lambda: may_restart(here.redis),
            trouble=lambda: not_taken_up(service.applied) or health.wait_until_well(lambda: health.trouble(settings)),
        )
        return service

    try:
        run(settings, make, stopping)
    finally:
        here.close()


if __name__ == "__main__":
    with told_in_one_sentence("motcua kiosk sync"):
        main()
