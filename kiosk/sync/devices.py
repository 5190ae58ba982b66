"""How the box is: room on its disk, its microphone, its printer."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

from kiosk.protocol.messages import Condition

_SOUND: Final = Path("/proc/asound/pcm")
_MEGABYTE: Final = 1_000_000


def disk(folder: Path) -> tuple[int, int]:
    """Free and whole size in megabytes."""
    usage = shutil.disk_usage(folder)
    return usage.free // _MEGABYTE, usage.total // _MEGABYTE


def microphone(sound: Path = _SOUND) -> Condition:
    """Whether the sound system has something that records."""
    try:
        devices = sound.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return Condition.MISSING
    return Condition.WORKS if "capture" in devices else Condition.MISSING


def printer(lpstat: str | None = None) -> Condition:
    """What CUPS says of the default printer, or of all if none is; unknown on a box without CUPS.

    Args:
        lpstat: the program; looked for when None.
    """
    program = lpstat or shutil.which("lpstat")
    if program is None:
        return Condition.UNKNOWN
    try:
        result = subprocess.run(
            [program, "-p"], capture_output=True, text=True, timeout=10, env={"LC_ALL": "C"}, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return Condition.TROUBLE
    return read_lpstat(result.stdout)


def read_lpstat(output: str) -> Condition:
    """The condition behind ``lpstat -p``'s lines: ``printer NAME is idle.  enabled since …``."""
    states = [line for line in output.splitlines() if line.startswith("printer ")]
    if not states:
        return Condition.MISSING
    return Condition.TROUBLE if all("disabled" in state for state in states) else Condition.WORKS
