"""Where processes put their figures so that the gateway can add them up.

``prometheus_client`` keeps the figures of processes in files of one folder, named by an environment variable that must
be set before it is imported. Each kind of process has a folder of its own, so that none has to ask before it empties
it, whichever starts first.

The files are written through memory maps: on a full disk the kernel ends whoever writes to one (SIGBUS), and the
gateway died again and again for want of a counter. So they lie in memory where there is such a place; no counter
outlives its process anyway.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Final

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
MEMORY: Final = Path("/dev/shm")


def share_figures(data: Path, kind: str) -> None:
    """Put this process' figures, and those of its children, where all are added up.

    What processes of this kind have left that no longer live goes: their counters start anew, as after any restart.

    Args:
        data: the data folder.
        kind: of process: ``web``, ``worker``.
    """
    folder = _place(data) / kind
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file in folder.glob("*.db"):
        pid = file.stem.rpartition("_")[2]
        if not (pid.isdigit() and _lives(int(pid))):
            file.unlink(missing_ok=True)
    os.environ[VARIABLE] = str(folder)


def _place(data: Path) -> Path:
    """A folder in memory that is this installation's alone; in the data folder where there is none."""
    mark = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    folder = MEMORY / f"motcua-{os.getuid()}-{mark}"
    try:
        folder.mkdir(exist_ok=True, mode=0o700)
        found = folder.lstat()
    except OSError:
        return data / "figures"
    # Anybody may make folders there: one that was laid in wait for us is not used.
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
    return folder if is_ours else data / "figures"


def figure_files() -> list[str]:
    """The files of all processes; call it in one that shares its figures."""
    return [str(file) for file in Path(os.environ[VARIABLE]).parent.glob("*/*.db")]


def resident_bytes() -> dict[str, int]:
    """Bytes of memory the living processes of this installation hold, by kind; of this process alone where none shares
    its figures.
    """
    if not is_shared():
        return {"web": _resident(os.getpid())}
    found: dict[str, int] = {}
    for kind, pid in {(Path(file).parent.name, Path(file).stem.rpartition("_")[2]) for file in figure_files()}:
        found[kind] = found.get(kind, 0) + (_resident(int(pid)) if pid.isdigit() else 0)
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        # It has just ended, or this is no Linux.
        return 0


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
