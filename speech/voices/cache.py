"""Sound that was made before: in memory for everything, on disk only for texts that are the same for everybody."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

RECIPE = 2
"""Raised when the same text would be made into other sound (levels, trimming), so that old files are not played."""


def cache_key(text: str, voice: str, voice_id: str, speed: float, rate: int) -> str:
    """A name that is the same exactly when the sound is the same; the text cannot be read from it."""
    parts = json.dumps([RECIPE, voice, voice_id, round(speed, 3), rate, text], ensure_ascii=False)
    return hashlib.blake2b(parts.encode("utf-8", "replace"), digest_size=20).hexdigest()


class SpokenCache:
    """The most recently used sounds, bounded in bytes.

    Args:
        memory_bytes: kept in memory, oldest dropped first; a sound larger than that is not kept.
        folder: for public texts; None keeps nothing on disk.
        disk_bytes: bound of the folder; at about one and a half times of it the oldest files go.
    """

    def __init__(self, memory_bytes: int, folder: Path | None = None, disk_bytes: int = 0) -> None:
        self._memory_bytes = memory_bytes
        self._folder = folder
        self._disk_bytes = disk_bytes
        self._sounds: OrderedDict[str, bytes] = OrderedDict()
        self._used = 0
        self._private: set[str] = set()
        self._written = disk_bytes  # The first write looks at what earlier runs have left.

    @property
    def used_bytes(self) -> int:
        """Sound held in memory."""
        return self._used

    def get(self, key: str) -> bytes | None:
        """The sound, if it is there."""
        if (pcm := self._sounds.get(key)) is not None:
            self._sounds.move_to_end(key)
            return pcm
        if self._folder is None:
            return None
        path = self._folder / f"{key}.pcm"
        try:
            pcm = path.read_bytes()
        except OSError:
            return None
        with suppress(OSError):
            os.utime(path)
        self._remember(key, pcm)
        return pcm

    def put(self, key: str, pcm: bytes, *, is_public: bool) -> None:
        """Keep a sound. A full or unwritable disk is no reason to stop speaking.

        Args:
            key: from :func:`cache_key`.
            pcm: the sound.
            is_public: whether the text is fixed wording or an answer of the catalogue. What a citizen said or is told
                about a dossier is not, and stays in memory.
        """
        self._remember(key, pcm)
        if not is_public and key in self._sounds:
            self._private.add(key)
        if is_public and self._folder is not None and pcm:
            with suppress(OSError):
                self._write(self._folder, key, pcm)

    def forget_private(self) -> None:
        """Drop every sound that is not for everybody: whoever it was for has gone."""
        for key in self._private:
            self._used -= len(self._sounds.pop(key, b""))
        self._private.clear()

    def _remember(self, key: str, pcm: bytes) -> None:
        self._used -= len(self._sounds.pop(key, b""))
        self._private.discard(key)
        if len(pcm) > self._memory_bytes:
            return
        self._sounds[key] = pcm
        self._used += len(pcm)
        while self._used > self._memory_bytes:
            oldest, dropped = self._sounds.popitem(last=False)
            self._used -= len(dropped)
            self._private.discard(oldest)

    def _write(self, folder: Path, key: str, pcm: bytes) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        half_written = folder / f"{key}.{secrets.token_hex(4)}.part"
        try:
            half_written.write_bytes(pcm)
            half_written.replace(folder / f"{key}.pcm")
        finally:
            half_written.unlink(missing_ok=True)
        self._written += len(pcm)
        if self._written > self._disk_bytes // 2:
            self._written = 0
            _keep_newest(folder, self._disk_bytes)


def _keep_newest(folder: Path, limit: int) -> None:
    """Delete the files longest unused until the rest fits; another process may delete some at the same time."""
    files = []
    for path in folder.iterdir():
        with suppress(OSError):
            status = path.stat()
            files.append((status.st_mtime, status.st_size, path))
    total = 0
    for _, size, path in sorted(files, key=lambda file: file[0], reverse=True):
        total += size
        if total > limit:
            path.unlink(missing_ok=True)
