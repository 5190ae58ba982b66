"""Where the voice process takes sockets from the gateway."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from runtime.settings import Settings

PATHS = frozenset({"/voice/stream", "/kiosk/audio"})
"""Addresses that are WebSockets; at everything else an upgrade is ignored, as HTTP says it may be."""

LARGEST_REQUEST = 32 * 1024
"""Bytes of request line and headers that are handed over; one datagram holds them."""

_LONGEST_PATH = 100
"""Bytes a Unix socket path may have on every system we run on (Linux allows 107)."""


def handover_socket(settings: Settings) -> Path:
    """Where the gateway hands over connected sockets."""
    return _socket(settings, "voice-handover")


def listening_socket(settings: Settings) -> Path:
    """Where the voice process serves HTTP: its health, and streams a reverse proxy sends it directly."""
    return _socket(settings, "voice")


def _socket(settings: Settings, name: str) -> Path:
    """A path both sides know; a short one under the temporary folder when the data folder's is too long."""
    path = settings.data_path / f"{name}.sock"
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        return path
    digest = hashlib.sha256(os.fsencode(settings.data_path)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"motcua-{name}-{os.getuid()}-{digest}.sock"
