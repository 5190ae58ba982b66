"""Recordings that are taken up while calls are running: an officer records a sentence, the next caller hears it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from runtime import logs
from speech.audio import Recording
from speech.prompts.phrase_matching import Breath
from speech.prompts.recordings import INDEX, Prompts, read_folder
from speech.voices.voice import Style

LOOK_SECONDS: Final = 5.0
"""Between two looks whether an index has changed; every new recording touches its index."""

_log = logs.get(__name__)


class WatchedPrompts:
    """The recordings of a folder as it is now. They are read in a thread: a second of it would stop every call.

    Args:
        folder: see :func:`speech.prompts.recordings.read_folder`.
        now: seconds of a clock that never goes back.
    """

    def __init__(self, folder: Path, now: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._now = now
        self._seen = _stamp(folder)
        self._read = read_folder(folder)
        self._looked = now()
        self._looking: threading.Thread | None = None

    def pieces(self, text: str, style: Style) -> tuple[str | Recording | Breath, ...]:
        """A passage as its recordings and words; what was recorded a moment ago is heard the next time."""
        if self._now() - self._looked > LOOK_SECONDS and (self._looking is None or not self._looking.is_alive()):
            self._looked = self._now()
            self._looking = threading.Thread(target=self._look, name="recorded prompts", daemon=True)
            self._looking.start()
        return self._read.pieces(text, style)

    @property
    def prompts(self) -> Prompts:
        """What was read last."""
        return self._read

    def _look(self) -> None:
        stamp = _stamp(self._folder)
        if stamp != self._seen:
            self._read, self._seen = read_folder(self._folder), stamp
            _log.info(
                "recorded prompts were read again", count=sum(e.recording is not None for e in self._read.entries)
            )


def _stamp(folder: Path) -> tuple[tuple[str, int], ...]:
    found = []
    for index in sorted(folder.glob(f"*/*/{INDEX}")):
        try:
            found.append((str(index), index.stat().st_mtime_ns))
        except FileNotFoundError:
            continue
    return tuple(found)
