"""What this process holds in memory."""

from __future__ import annotations

import os
from pathlib import Path


def resident() -> int:
    """Bytes in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
