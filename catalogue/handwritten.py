"""The folder of hand-written records in a running process: read once, then again where a file changed."""

from __future__ import annotations

import logging
import os
import threading
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

from catalogue.doubt import hold_back
from catalogue.flags import doubts_fee
from catalogue.record import Procedure
from catalogue.yaml_files import FolderContents, Problem, gather, read_file

RESCAN_SECONDS = 1.0
"""How long a look at the folder counts as fresh; a turn must not pay for two hundred and fifty file dates."""

logger = logging.getLogger(__name__)

_Stamp = tuple[int, int]
"""Time of change in nanoseconds and size in bytes."""


@dataclass(frozen=True)
class _Known:
    stamp: _Stamp
    result: tuple[Path, Procedure | None, tuple[Problem, ...]]


class HandwrittenFolder:
    """The records of one folder; a file with a mistake is left out and logged, the others go on being
    answered.

    ``rescan_seconds`` is how late a changed file may be noticed.
    """

    def __init__(self, folder: Path | None, rescan_seconds: float = RESCAN_SECONDS) -> None:
        self._folder = folder
        self._rescan_seconds = rescan_seconds
        self._seen: dict[Path, _Stamp] = {}
        self._seen_at = float("-inf")
        self._lock = threading.Lock()
        self._files: dict[Path, _Known] = {}
        self._read_stamps: dict[Path, _Stamp] = {}
        self._contents = FolderContents()

    def signature(self) -> int:
        """A number that changes whenever a file does; costs one look at the folder."""
        return _signature(self._stamps())

    def contents(self) -> FolderContents:
        """The records and mistakes as the files stand now."""
        stamps = self._stamps()
        with self._lock:
            if stamps != self._read_stamps:
                self._contents = self._read(stamps)
                self._read_stamps = stamps
            return self._contents

    def overruled(self) -> tuple[Procedure, ...]:
        """Records that state a fee although a flag of their own doubts it; the fee is held back."""
        self.contents()
        found = (known.result[1] for known in self._files.values())
        return tuple(one for one in found if one is not None and _states_a_fee(one) and doubts_fee(one.flags))

    def _read(self, stamps: dict[Path, _Stamp]) -> FolderContents:
        known = {path: entry for path, entry in self._files.items() if stamps.get(path) == entry.stamp}
        for path, stamp in stamps.items():
            if path not in known:
                known[path] = _Known(stamp, read_file(path))
        self._files = known
        contents = gather(known[path].result for path in sorted(known))
        for problem in contents.problems:
            logger.error("hand-written procedure left out: %s", problem)
        return FolderContents(tuple(map(hold_back, contents.procedures)), contents.problems)

    def _stamps(self) -> dict[Path, _Stamp]:
        now = time.monotonic()
        if now - self._seen_at >= self._rescan_seconds:
            self._seen = self._scan()
            self._seen_at = now
        return self._seen

    def _scan(self) -> dict[Path, _Stamp]:
        if self._folder is None:
            return {}
        try:
            with os.scandir(self._folder) as entries:
                return {
                    Path(entry.path): (status.st_mtime_ns, status.st_size)
                    for entry in entries
                    if entry.name.endswith((".yml", ".yaml"))
                    for status in [entry.stat()]
                }
        except FileNotFoundError:
            return {}


def _states_a_fee(procedure: Procedure) -> bool:
    return any(fee.certain for submission in procedure.submissions for fee in submission.fees)


def _signature(stamps: dict[Path, _Stamp]) -> int:
    return zlib.crc32(repr(sorted((path.name, stamp) for path, stamp in stamps.items())).encode())
