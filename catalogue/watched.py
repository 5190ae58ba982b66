"""Files that officers may change while the system runs: read once, then again where one changed."""

from __future__ import annotations

import os
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic

from catalogue.last_good import LastGood
from catalogue.yaml_files import M, Problem, read_model
from runtime import logs

RESCAN_SECONDS = 1.0
"""How long a look at the folder counts as fresh; a turn must not pay for two hundred and fifty file dates."""

_log = logs.get(__name__)

Stamp = tuple[int, int]
"""Time of change in nanoseconds and size in bytes."""


@dataclass(frozen=True)
class ReadFile(Generic[M]):
    """One file as it answers now."""

    path: Path
    content: M | None
    """Of the file or, when it has a mistake, of its last good version; None when it never was right."""
    problems: tuple[Problem, ...] = ()


class WatchedFolder(Generic[M]):
    """The YAML files of one folder, each read as one model.

    Args:
        folder: where they are; None and an absent one are empty.
        model: what a file holds.
        last_good: where the last good versions are kept.
        rescan_seconds: how late a changed file may be noticed.
        name: only the file of this name.
        but: every file but the one of this name.
        context: what the model's own checks need besides the file.
    """

    def __init__(
        self,
        folder: Path | None,
        model: type[M],
        last_good: LastGood,
        rescan_seconds: float = RESCAN_SECONDS,
        name: str | None = None,
        but: str | None = None,
        context: object = None,
    ) -> None:
        self._folder = folder
        self._model = model
        self._last_good = last_good
        self._rescan_seconds = rescan_seconds
        self._name = name
        self._but = but
        self._context = context
        # By path as text: a look at hundreds of files makes no objects of their paths.
        self._seen: dict[str, Stamp] = {}
        self._seen_at = float("-inf")
        self._signature = _signature({})
        self._lock = threading.Lock()
        self._stamps: dict[str, Stamp] = {}
        self._read: dict[str, ReadFile[M]] = {}
        self._files: tuple[ReadFile[M], ...] = ()

    def signature(self) -> int:
        """A number that changes whenever a file does; costs one look at the folder."""
        self._looked()
        return self._signature

    def files(self) -> tuple[ReadFile[M], ...]:
        """Every file as it answers now, in the order of their names; the same tuple until one changes."""
        stamps = self._looked()
        with self._lock:
            if stamps is not self._stamps:
                self._read = {path: self._current(path, stamp) for path, stamp in sorted(stamps.items())}
                self._stamps = stamps
                self._files = tuple(self._read.values())
            return self._files

    def _current(self, name: str, stamp: Stamp) -> ReadFile[M]:
        known = self._read.get(name)
        if known is not None and self._stamps.get(name) == stamp:
            return known
        path = Path(name)
        content, problems = read_model(path, self._model, self._context)
        if content is not None:
            self._last_good.keep(path)
            return ReadFile(path, content)
        before = known.content if known is not None else self._kept(path)
        told = tuple(replace(problem, held=before is not None) for problem in problems)
        for problem in told:
            _log.error("catalogue file not used", cause=str(problem))
        return ReadFile(path, before, told)

    def _kept(self, path: Path) -> M | None:
        copy = self._last_good.copy_of(path)
        return read_model(copy, self._model, self._context)[0] if copy is not None else None

    def _looked(self) -> dict[str, Stamp]:
        now = time.monotonic()
        if now - self._seen_at >= self._rescan_seconds:
            seen = dict(self._scan())
            # The same object as long as nothing changes: asked many times a turn, it is told by that alone.
            if seen != self._seen:
                self._signature = _signature(seen)
                self._seen = seen
            self._seen_at = now
        return self._seen

    def _watches(self, name: str) -> bool:
        return self._name in (None, name) and name != self._but

    def _scan(self) -> Iterator[tuple[str, Stamp]]:
        if self._folder is None:
            return
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    if entry.name.endswith((".yml", ".yaml")) and self._watches(entry.name):
                        status = entry.stat()
                        yield entry.path, (status.st_mtime_ns, status.st_size)
        except FileNotFoundError:
            return


def _signature(stamps: Mapping[str, Stamp]) -> int:
    return zlib.crc32(repr(sorted((os.path.basename(path), stamp) for path, stamp in stamps.items())).encode())
