"""How the box is: room on its disk, its microphone, its printer."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from kiosk.printing.printers import PrinterFailed, printer_of
from kiosk.protocol.messages import Condition
from runtime.registry import RegistryError

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


def printer(setting: str | None, dots: int) -> Condition:
    """How the printer is that this box is set to print with; unknown where none is set.

    Args:
        setting: ``MOTCUA_KIOSK_PRINTER``.
        dots: of a line of its paper.
    """
    try:
        found = printer_of(setting, dots)
    except (RegistryError, PrinterFailed):
        return Condition.TROUBLE
    return Condition.UNKNOWN if found is None else found.condition()
