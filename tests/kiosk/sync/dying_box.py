"""A box's sync that dies as by kill -9 when a named step has been done for the n-th time."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from assistant.settings import Settings
from kiosk.sync.identity import identity_of
from kiosk.sync.keeper import Keeper


def main() -> None:
    folder, name, fatal, count, trouble = sys.argv[1:]
    left = int(count)

    def step(done: str) -> None:
        nonlocal left
        if done == fatal:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    settings = Settings(data_dir=Path(folder), secret_key="a secret of the box", kiosk_name=name)
    identity = identity_of(settings)
    assert identity is not None
    keeper = Keeper(
        settings,
        identity,
        restart=lambda: keeper.applied.environment() and None,
        trouble=lambda: trouble or None,
        step=step,
    )
    keeper.settle()
    keeper.exchange()
    keeper.talk()


if __name__ == "__main__":
    main()
