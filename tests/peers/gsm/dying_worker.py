"""A worker that is killed in the moment a message reaches it: ``python dying_worker.py DATA DEVICE``."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import uvloop
from running_route import settings_for

from channels.sms.providers.gsm import Gsm
from channels.sms.routes.messages import IncomingMessage, Receipt
from stores.sealing import Seal


class Dying:
    """Ends the process instead of storing."""

    def message(self, message: IncomingMessage) -> bool:
        """The message has left the card and is stored nowhere else."""
        os.kill(os.getpid(), signal.SIGKILL)
        return True

    def receipt(self, receipt: Receipt) -> None:
        """Not expected."""


async def main() -> None:
    """Run the route."""
    settings = settings_for(Path(sys.argv[1]), Path(sys.argv[2]))
    [route] = await Gsm().connect(settings, Seal(settings.secret()))
    await route.run(Dying())


if __name__ == "__main__":
    # The loop of the real worker.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
