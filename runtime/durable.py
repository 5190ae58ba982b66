"""Files that are there, whole, after a power cut: written beside, flushed, renamed, and the folder flushed too."""

from __future__ import annotations

import os
import threading
from pathlib import Path


def write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Replace a file at once: a reader, or a start after a power cut, sees the old content or the new one.

    What is not whole yet has a name that begins with a dot, one for each thread that writes.

    Raises:
        OSError: no room, no right; the old content is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.new")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def point(link: Path, target: str) -> None:
    """Make a symbolic link point elsewhere, at once."""
    beside = link.with_name(f".{link.name}.{os.getpid()}.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)
    sync_folder(link.parent)


def sync_tree(folder: Path) -> None:
    """Flush every file and folder below ``folder``, so that a later rename cannot outrun their contents."""
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
        else:
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Flush a folder's list of names."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
