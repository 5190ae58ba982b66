"""Memory of a process that has loaded what it needs for as long as it lives."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress


def give_back() -> None:
    """Give the memory back that loading needed and nothing uses any more; where the C library knows how, glibc does."""
    gc.collect()
    # What is there now stays: no later collection looks at it again.
    gc.freeze()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
