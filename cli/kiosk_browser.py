"""``python -m cli.kiosk_browser PROGRAM ADDRESS``: the page in Chromium, full screen, as long as the box runs."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from cli.readiness import AddressReady

FLAGS: Final = (
    "--kiosk",
    "--incognito",
    "--no-first-run",
    "--noerrdialogs",
    "--disable-infobars",
    "--disable-translate",
    "--disable-features=Translate,TranslateUI,MediaRouter",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-pinch",
    "--overscroll-history-navigation=0",
    "--disk-cache-size=1",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--password-store=basic",
)
"""Full screen without a way out, nothing kept, no question about the microphone, sound without a touch before, and no
request of the browser's own. ``--use-fake-ui-for-media-stream`` answers the question for the microphone with yes; the
sound stays the real one."""
_PR_SET_PDEATHSIG: Final = 1
_PAUSE: Final = 2.0


def main(program: str, address: str) -> None:
    """Start the browser when the page answers, and again whenever it ends."""
    # The profile is removed on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    answers = AddressReady(address)
    while not answers():
        time.sleep(0.2)
    while True:
        # A profile of its own in memory or at least gone with the browser: nothing of a visit outlives it.
        with tempfile.TemporaryDirectory(prefix="motcua-browser-", dir=_memory()) as profile:
            command = [program, *FLAGS, f"--user-data-dir={profile}", address]
            subprocess.run(command, check=False, stderr=subprocess.DEVNULL, preexec_fn=_die_with_parent)
        time.sleep(_PAUSE)


def _memory() -> str | None:
    """A file system in memory, where there is one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    main(*sys.argv[1:3])
