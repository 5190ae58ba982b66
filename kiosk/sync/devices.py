"""How the box is: room on its disk, its microphone, its printer."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

from kiosk.protocol.messages import Condition

_SOUND: Final = Path("/proc/asound/pcm")
_USB: Final = Path("/sys/bus/usb/devices")
_MEGABYTE: Final = 1_000_000
_PATIENCE: Final = 3.0
_ALERTS: Final = ("-error", "media-empty", "media-needed", "media-jam", "cover-open", "offline")
"""In CUPS' words, what keeps a printer from printing."""


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


def printer(setting: str | None, usb: Path = _USB) -> Condition:
    """How the printer is that this box is set to print with; unknown where none is set.

    Args:
        setting: ``MOTCUA_KIOSK_PRINTER``.
        usb: where the kernel lists what is plugged in.
    """
    kind, _, where = (setting or "").partition(":")
    match kind:
        case "cups":
            return _cups(where)
        case "file":
            return Condition.WORKS if os.access(where, os.W_OK) else Condition.MISSING
        case "usb":
            return Condition.WORKS if where.lower() in _plugged_in(usb) else Condition.MISSING
        case "tcp":
            host, _, port = where.removeprefix("//").rpartition(":")
            try:
                socket.create_connection((host, int(port)), _PATIENCE).close()
            except OSError:
                return Condition.MISSING
            return Condition.WORKS
        case _:
            return Condition.UNKNOWN


def read_lpstat(output: str) -> Condition:
    """The condition behind ``lpstat -l -p``: ``printer NAME is idle.  enabled since …``, then ``Alerts: …``."""
    troubled: list[bool] = []
    for line in output.splitlines():
        if line.startswith("printer "):
            troubled.append("disabled" in line)
        elif troubled and line.strip().startswith("Alerts:"):
            troubled[-1] |= any(word in line for word in _ALERTS)
    if not troubled:
        return Condition.MISSING
    return Condition.TROUBLE if all(troubled) else Condition.WORKS


def _cups(queue: str) -> Condition:
    program = shutil.which("lpstat")
    if program is None:
        return Condition.MISSING
    command = [program, "-l", "-p", *([queue] if queue else [])]
    try:
        result = subprocess.run(
            command, capture_output=True, text=True, timeout=10, env={**os.environ, "LC_ALL": "C"}, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return Condition.TROUBLE
    return read_lpstat(result.stdout)


def _plugged_in(usb: Path) -> set[str]:
    """``vendor:product`` of every device."""
    found = set()
    for vendor in usb.glob("*/idVendor"):
        with suppress(OSError):
            found.add(f"{vendor.read_text().strip()}:{vendor.with_name('idProduct').read_text().strip()}".lower())
    return found
