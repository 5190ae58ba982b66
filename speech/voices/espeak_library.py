"""Where espeak-ng is: the system's own, or the one in the wheel ``espeakng-loader``."""

from __future__ import annotations

import ctypes
import os
from enum import StrEnum

SONAME = "libespeak-ng.so.1"


class Library(StrEnum):
    """Which espeak-ng to speak with."""

    AUTO = "auto"
    """The system's, else the wheel's."""
    SYSTEM = "system"
    WHEEL = "wheel"


def make_available(wanted: Library) -> Library:
    """Load espeak-ng into this process so that pyttsx3 finds it; returns which one it is.

    pyttsx3 asks the loader for :data:`SONAME`; a library of that name that is loaded already is what it gets, so
    nothing in pyttsx3 needs changing. Call it before the first import of pyttsx3's espeak driver.

    Raises:
        OSError: there is none.
    """
    if wanted is not Library.WHEEL:
        try:
            ctypes.CDLL(SONAME)
            return Library.SYSTEM
        except OSError:
            if wanted is Library.SYSTEM:
                raise
    try:
        import espeakng_loader
    except ImportError:
        raise OSError(f"neither {SONAME} nor the Python package espeakng-loader is installed") from None
    ctypes.CDLL(espeakng_loader.get_library_path())
    # The wheel's library looks for its voices where it was built; this overrules it.
    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    return Library.WHEEL
