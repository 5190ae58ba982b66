"""The last good version of files that officers write, kept where a new process finds it.

An officer's slip must not take an answer off the air, nor may a restart: the text of every file that was read without
a mistake is kept beside the database, and read in place of a file that has one.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from runtime import logs

_log = logs.get(__name__)


class LastGood:
    """Copies of files by name.

    Args:
        folder: where they are kept; None keeps none (a process that lives shorter than a slip).
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._writable = folder is not None

    def keep(self, path: Path) -> None:
        """Keep a file that has just been read without a mistake; a full or read-only disk is only remarked on."""
        if self._folder is None or not self._writable:
            return
        kept = self._folder / path.name
        try:
            text = path.read_bytes()
            if kept.exists() and kept.read_bytes() == text:
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(kept, text)
        except OSError as error:
            self._writable = False
            _log.warning("last good versions of procedure files are not kept", cause=type(error).__name__)

    def copy_of(self, path: Path) -> Path | None:
        """The kept copy of a file that now has a mistake, or None when it never was right."""
        if self._folder is None:
            return None
        kept = self._folder / path.name
        return kept if kept.is_file() else None


def _write(kept: Path, text: bytes) -> None:
    """Whole or not at all: two processes that start together write the same file."""
    handle, name = tempfile.mkstemp(dir=kept.parent, prefix=f".{kept.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        os.replace(name, kept)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
