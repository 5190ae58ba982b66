"""``python -m cli.kiosk_browser PROGRAM ADDRESS``: the page in Chromium, full screen, as long as the box runs.

What the browser may do at all stands in ``deploy/kiosk/policies.json``, which Chromium reads from one place of the
machine (``install.sh`` puts it there); what keys and gestures may do, in the page (``kiosk/page/static/lockdown.js``).
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from cli.readiness import AddressReady
from runtime.messages import tr

FLAGS: Final = (
    "--kiosk",
    "--no-first-run",
    "--noerrdialogs",
    "--disable-infobars",
    "--disable-features=Translate,MediaRouter",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-pinch",
    "--overscroll-history-navigation=0",
    "--disk-cache-size=1",
    "--autoplay-policy=no-user-gesture-required",
    "--password-store=basic",
    "--ozone-platform-hint=auto",
)
"""Full screen without a way out, nothing kept, sound without a touch before, and no request of the browser's own."""
IN_A_COMPOSITOR: Final = ("--ozone-platform=x11",)
"""As a client of Wayland, Chromium 156 ends at once in cage 0.1.4 of Debian 12, which lacks what it asks for. On a
screen of X without a compositor it finds X by itself; told outright it showed a second window there."""
POLICIES: Final = Path("/etc/chromium/policies/managed/motcua.json")
UNMANAGED_FLAGS: Final = ("--incognito", "--use-fake-ui-for-media-stream")
"""On a desk, where no policies are: a visit leaves nothing in the profile, and the question for the microphone is
answered with yes; the sound stays the real one."""
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
        with tempfile.TemporaryDirectory(
            prefix="motcua-browser-", dir=_memory(), ignore_cleanup_errors=True
        ) as profile:
            command = [program, *_flags(), f"--user-data-dir={profile}", f"--app={address}"]
            subprocess.run(
                command, check=False, stderr=subprocess.DEVNULL, env=_at_home(profile), preexec_fn=_die_with_parent
            )
        time.sleep(_PAUSE)


def _flags() -> tuple[str, ...]:
    flags = FLAGS + IN_A_COMPOSITOR if os.environ.get("WAYLAND_DISPLAY") else FLAGS
    if POLICIES.exists():
        return flags
    print(
        tr(
            "the browser is not locked, since {policies} is missing: deploy/kiosk/install.sh puts it there",
            policies=POLICIES,
        ),
        flush=True,
    )
    return flags + UNMANAGED_FLAGS


def _at_home(profile: str) -> dict[str, str]:
    """Also what the browser keeps beside its profile, as the memory of a crash with a visitor's page in it."""
    return {**os.environ, "HOME": profile, "XDG_CONFIG_HOME": profile, "XDG_CACHE_HOME": profile}


def _memory() -> str | None:
    """A file system in memory, where there is one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    main(*sys.argv[1:3])
