"""Pieces of bundles on this box: fetched once, proven, kept while a bundle that is in use needs them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection
from pathlib import Path

from kiosk.crash_points import Step, no_step
from kiosk.protocol.manifest import LARGEST_PIECE, BadBundle, name_of
from runtime import durable
from runtime.messages import Message

Fetch = Callable[[str, int, Callable[[bytes], object]], None]
"""Fetches a packed piece from a byte on; see :meth:`kiosk.centre_link.client.CentreClient.piece`."""

LARGEST_PACKED = LARGEST_PIECE + 4096


class Pieces:
    """Packed pieces in one folder.

    Args:
        folder: made when missing.
        step: told each step.
    """

    def __init__(self, folder: Path, step: Step = no_step) -> None:
        self._folder = folder
        self._step = step

    def has(self, name: str) -> bool:
        """Whether a piece is here."""
        return (self._folder / name).exists()

    def read(self, name: str) -> bytes:
        """A piece, proven again: what a failing disk changed must not be applied.

        Raises:
            BadBundle: it is not what its name says; it is gone then, to be fetched again.
        """
        path = self._folder / name
        try:
            return _unpacked(path.read_bytes(), name)
        except (BadBundle, FileNotFoundError):
            path.unlink(missing_ok=True)
            raise BadBundle(Message("a piece on this disk is not what its name says")) from None

    def fetch(self, name: str, fetch: Fetch) -> bytes:
        """A piece, fetched if it is not here; one that broke off goes on where it ended.

        Raises:
            BadBundle: what came is not what the name says.
            OSError: the disk is full.
        """
        if self.has(name):
            return self.read(name)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self._folder / f"{name}.part"
        with part.open("ab") as file:
            size = file.tell()

            def take(some: bytes) -> None:
                nonlocal size
                size += len(some)
                if size > LARGEST_PACKED:
                    raise BadBundle(Message("a piece is larger than pieces are"))
                file.write(some)
                # What has come is not asked for again, whatever happens now.
                file.flush()

            try:
                fetch(name, size, take)
            except BadBundle:
                part.unlink()
                raise
        self._step("piece received")
        packed = part.read_bytes()
        try:
            content = _unpacked(packed, name)
        except BadBundle:
            part.unlink()
            raise
        durable.write(self._folder / name, packed)
        part.unlink()
        self._step("piece kept")
        return content

    def forget_all_but(self, names: Collection[str]) -> None:
        """Delete what no bundle needs."""
        if self._folder.exists():
            for path in self._folder.iterdir():
                if path.name not in names:
                    path.unlink()


def pack(content: bytes) -> bytes:
    """As a piece travels and is kept."""
    return zlib.compress(content, 9)


def _unpacked(packed: bytes, name: str) -> bytes:
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(packed, LARGEST_PIECE + 1)
    except zlib.error:
        content = b""
    if name_of(content) != name:
        raise BadBundle(Message("a piece is not what its name says"))
    return content
