"""Processes a killed system left behind: they answer what they had begun, and hold their port meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

from cli.processes import TITLES
from runtime.settings import PREFIX

_PROC = Path("/proc")


def processes(data: Path, module: str) -> list[int]:
    """Process ids of a module's processes on a data folder whose lock the caller holds, so that nobody keeps them.

    Linux only, and of this user alone: others cannot be looked at, and do not run on our folder.

    Args:
        data: the folder.
        module: of :data:`cli.processes.MODULES`: ``cli.web_process``.
    """
    ours = f"{PREFIX}DATA_DIR={data}".encode()
    found = []
    for folder in _PROC.iterdir() if _PROC.exists() else ():
        if not folder.name.isdecimal() or int(folder.name) == os.getpid():
            continue
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
            if _runs(module, command) and ours in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            # It has ended meanwhile, or is somebody else's.
            continue
    return found


def _runs(module: str, command: list[bytes]) -> bool:
    title = TITLES.get(module)
    return module.encode() in command or (title is not None and any(title.encode() in part for part in command))
