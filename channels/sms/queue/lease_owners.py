"""Who holds leases, and whether that process still lives.

Each process that takes leases holds a lock on a file named after it. The kernel gives the lock back when the process
ends, however it ends, so that others on this machine need not wait until its leases run out.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import weakref
from collections.abc import Sequence
from pathlib import Path

from runtime.settings import Settings

_UNFINISHED = "."
"""Begins the name of a file that is not locked yet."""


class Owner:
    """This process as an owner of leases; make it after the last fork.

    Args:
        folder: shared by the processes of this machine.
        kind: of process, to be read in a row: ``web``, ``worker``.
    """

    def __init__(self, folder: Path, kind: str) -> None:
        self.name = f"{kind}-{os.getpid()}-{secrets.token_hex(6)}"
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = folder / (_UNFINISHED + self.name)
        file = unfinished.open("w")
        # Also when nobody closes it: who holds no owner takes no leases.
        self._let_go = weakref.finalize(self, file.close)
        fcntl.flock(file, fcntl.LOCK_EX)
        unfinished.rename(folder / self.name)

    @classmethod
    def of(cls, settings: Settings, kind: str) -> Owner:
        """An owner in the data folder."""
        return cls(settings.data_path / "run" / "owners", kind)

    def gone(self) -> tuple[str, ...]:
        """Owners on this machine whose process has ended."""
        return tuple(path.name for path in self._folder.iterdir() if self._is_gone(path))

    def forget(self, names: Sequence[str]) -> None:
        """Their leases are released: no need to ask for them again."""
        for name in names:
            (self._folder / name).unlink(missing_ok=True)

    def close(self) -> None:
        """Let go: to others this process is gone."""
        self._let_go()

    def _is_gone(self, path: Path) -> bool:
        if path.name.startswith(_UNFINISHED) or path.name == self.name:
            return False
        try:
            with path.open("r") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, FileNotFoundError):
            return False
        return True
