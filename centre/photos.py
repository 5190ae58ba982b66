"""Photos of problems: read, drawn anew and kept without anything a camera wrote beside the picture."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Final

from runtime import logs
from tickets.pictures import NoPicture, drawn_anew
from tickets.scanning import NotScanned, Scanner

LARGEST_FILE: Final = 8 * 1024 * 1024
"""Bytes of one photo as a telephone sends it."""
LONGEST_SIDE: Final = 1600
"""Pixels that are kept: enough to see a pothole."""
NAME: Final = re.compile(r"[0-9a-f]{32}\.jpg")

_log = logs.get(__name__)


class NoPhoto(ValueError):
    """The file is no photo that can be kept."""


class Photos:
    """Kept photos; names tell nothing, and nobody can guess one.

    Args:
        folder: where they lie; made when it is missing.
        scanner: is asked about each, as it came.
    """

    def __init__(self, folder: Path, scanner: Scanner | None = None) -> None:
        self._folder = folder
        self._scanner = scanner or Scanner()

    def keep(self, content: bytes) -> str:
        """Keep a photo; its name.

        Raises:
            NoPhoto: it is none, or too large, or the scanner does not pass it.
        """
        if not content or len(content) > LARGEST_FILE:
            raise NoPhoto("the file is empty or too large")
        try:
            is_clean = self._scanner.passes(content)
        except NotScanned as error:
            _log.error("the scanner does not answer: no photo is taken until it does", cause=str(error))
            is_clean = False
        if not is_clean:
            raise NoPhoto("the scanner does not pass it")
        try:
            clean = drawn_anew(content, LONGEST_SIDE)
        except NoPicture as error:
            raise NoPhoto(str(error)) from None
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{secrets.token_hex(16)}.jpg"
        (self._folder / name).write_bytes(clean)
        return name

    def path(self, name: str) -> Path | None:
        """Where a photo lies; None where there is none of this name."""
        path = self._folder / name
        return path if NAME.fullmatch(name) and path.exists() else None

    def forget(self, name: str) -> None:
        """Delete a photo, if it is one of ours."""
        if (path := self.path(name)) is not None:
            path.unlink(missing_ok=True)
