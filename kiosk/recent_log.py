"""The newest log lines of a box's processes, kept in its data folder for its centre to order.

What a process logs has lost personal data before it is written (:mod:`runtime.logs`); the lines of one process take
:data:`LARGEST` bytes and as much again in the file before.
"""

from __future__ import annotations

import fcntl
import logging
from pathlib import Path
from typing import Final

LARGEST: Final = 32 * 1024
"""Bytes of a file; what is older is dropped with the file before it."""
_ENROLLED: Final = Path("kiosk") / "identity.json"
_FOLDER: Final = Path("logs") / "recent"


class _Handler(logging.Handler):
    """Appends each line by itself, so that the workers of one process may share a file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; a full or broken disk must not stop who logs."""
        try:
            line = self.format(record).encode() + b"\n"
            with self._path.with_suffix(".lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if self._path.exists() and self._path.stat().st_size + len(line) > LARGEST:
                    self._path.replace(self._path.with_suffix(".1"))
                with self._path.open("ab") as file:
                    file.write(line)
        except OSError:
            return


def keep(data: Path, process: str) -> None:
    """From now on keep what this process logs, on a box that belongs to a centre; elsewhere do nothing.

    Args:
        data: folder of data.
        process: names the file.
    """
    root = logging.getLogger()
    if not root.handlers or not (data / _ENROLLED).exists():
        return
    folder = data / _FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return
    handler = _Handler(folder / f"{process}.jsonl")
    handler.setFormatter(root.handlers[0].formatter)
    root.addHandler(handler)


def lines(data: Path) -> list[str]:
    """What is kept, of all processes, in the order it was written."""
    found: list[str] = []
    for process in sorted((data / _FOLDER).glob("*.jsonl")):
        for path in (process.with_suffix(".1"), process):
            try:
                found += path.read_text(encoding="utf-8", errors="replace").splitlines()
            except OSError:
                continue
    return sorted(found, key=_written_at)


def _written_at(line: str) -> str:
    """The time a line carries; ISO 8601, so that text sorts as time does."""
    _, _, rest = line.partition('"time": "')
    return rest[:27]
