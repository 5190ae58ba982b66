"""How the sync process reaches the supervisor that started it."""

from __future__ import annotations

import os
import signal


def renew() -> None:
    """Have the processes that do not follow a bundle by themselves started again with the one in use.

    Those that follow go on; the supervisor starts them with the new bundle if they should ever die.
    """
    os.kill(os.getppid(), signal.SIGHUP)


def restart() -> None:
    """Have everything started again, this process, too."""
    os.kill(os.getppid(), signal.SIGUSR1)
