"""Memory of a process that has loaded what it needs for as long as it lives."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_MADV_DONTNEED: Final = 4
_ONLY_READ: Final = "r--p"
_MAPPINGS: Final = Path("/proc/self/smaps")


def give_back() -> None:
    """Give the memory back that loading needed and nothing uses any more; where the C library knows how, glibc does."""
    gc.collect()
    # What is there now stays: no later collection looks at it again.
    gc.freeze()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def let_go_of_file(name: str) -> None:
    """Let go of the pages of a mapped file that were read once and are not written to: what is read again, the kernel
    brings back from the file. Linux alone knows how; elsewhere nothing happens.

    Args:
        name: of the file, without its folder.
    """
    with suppress(AttributeError, OSError):
        madvise = ctypes.CDLL(None).madvise
        madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        for begin, end in list(_unchanged(name)):
            madvise(begin, end - begin, _MADV_DONTNEED)


def _unchanged(name: str) -> Iterator[tuple[int, int]]:
    """Where a file is mapped for reading alone and nothing was changed: what a loader has written into a library's
    tables, before it took the right to write away, would be lost (proc_pid_smaps(5))."""
    mapping: tuple[int, int] | None = None
    for line in _MAPPINGS.read_text(encoding="utf-8", errors="replace").splitlines():
        first, *rest = line.split()
        if not first.endswith(":"):
            begin, _, end = first.partition("-")
            is_wanted = rest[0] == _ONLY_READ and rest[-1].rpartition("/")[2] == name
            mapping = (int(begin, 16), int(end, 16)) if is_wanted else None
        elif first == "Private_Dirty:" and mapping is not None and rest[0] == "0":
            yield mapping
