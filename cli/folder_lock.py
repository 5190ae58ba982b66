"""One ``motcua up`` for each data folder: two would share sockets, and the telephone of one of them would be dead."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from runtime.messages import Message

NAME = "up.lock"


class FolderInUse(RuntimeError):
    """Another system runs on the data folder; the message says which process, and the cure."""


def hold(folder: Path) -> int:
    """Hold a data folder for as long as this process lives, whatever program it becomes.

    Children that are started without their parent's files, as the supervisor's are, do not hold it.

    Returns:
        the descriptor; closing it lets go.

    Raises:
        FolderInUse: another process holds it.
        OSError: the folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(descriptor, 20).decode(errors="replace").strip()
        os.close(descriptor)
        process = Message("process {owner}", owner=owner) if owner.isdecimal() else Message("another process")
        raise FolderInUse(
            Message(
                "Một Cửa runs on {folder} already ({process}): stop that one, or choose another folder with --data",
                folder=folder,
                process=process,
            )
        ) from None
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    # `motcua up` becomes the supervisor: the same process, another program.
    os.set_inheritable(descriptor, True)
    return descriptor


def owner(folder: Path) -> int | None:
    """The process that keeps a system running on the folder; None where none does."""
    if not is_held(folder):
        return None
    noted = (folder / NAME).read_text().strip()
    return int(noted) if noted.isdecimal() else None


def is_held(folder: Path) -> bool:
    """Whether a system runs on the folder."""
    try:
        descriptor = os.open(folder / NAME, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
