"""How the sync process has the others started again: it asks the supervisor that started it."""

from __future__ import annotations

import os
import signal
import time
from typing import Final

from kiosk.bundles.applied import Applied
from runtime import logs

WAIT_SECONDS: Final = 120.0
_log = logs.get(__name__)


def restart(applied: Applied) -> None:
    """Ask for new processes with the bundle in use, and wait until the old ones have stopped.

    The supervisor stops them before it asks which bundle to use, and asking counts a start of a bundle on trial.
    """
    before = applied.starts
    os.kill(os.getppid(), signal.SIGHUP)
    if not applied.on_trial:
        return
    until = time.monotonic() + WAIT_SECONDS
    while applied.on_trial and applied.starts == before:
        if time.monotonic() > until:
            _log.error("the supervisor does not start the processes again")
            return
        time.sleep(0.2)
