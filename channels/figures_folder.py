"""Where processes put their figures so that the gateway can add them up.

``prometheus_client`` keeps the figures of processes in files of one folder, named by an environment variable that must
be set before it is imported. Each kind of process has a folder of its own, so that none has to ask before it empties
it, whichever starts first.
"""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def share_figures(data: Path, kind: str) -> None:
    """Put this process' figures, and those of its children, where all are added up.

    What processes of this kind have left that no longer live goes: their counters start anew, as after any restart.

    Args:
        data: the data folder.
        kind: of process: ``web``, ``worker``.
    """
    folder = data / "figures" / kind
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file in folder.glob("*.db"):
        pid = file.stem.rpartition("_")[2]
        if not (pid.isdigit() and _lives(int(pid))):
            file.unlink(missing_ok=True)
    os.environ[VARIABLE] = str(folder)


def figure_files() -> list[str]:
    """The files of all processes; call it in one that shares its figures."""
    return [str(file) for file in Path(os.environ[VARIABLE]).parent.glob("*/*.db")]


def is_shared() -> bool:
    """Whether this process shares its figures."""
    return VARIABLE in os.environ


def _lives(pid: int) -> bool:
    # Nothing of our own is in there yet: a file with this number is of a former process.
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
