"""A scanner for viruses: a program of the authority's, asked about every file somebody hands in."""

from __future__ import annotations

import subprocess
from typing import Final

_SECONDS: Final = 60.0


class NotScanned(Exception):
    """The scanner did not say anything: try again later."""


class Scanner:
    """Safe to share between threads and processes.

    Args:
        program: reads a file on its standard input and ends with 0 where it is clean, 1 where it is not; empty: none
            scans.
    """

    def __init__(self, program: tuple[str, ...] = ()) -> None:
        self._program = program

    def passes(self, content: bytes) -> bool:
        """Whether the file is clean.

        Raises:
            NotScanned: the scanner is not there, or does not come to an end.
        """
        if not self._program:
            return True
        try:
            done = subprocess.run(
                self._program, input=content, capture_output=True, timeout=_SECONDS, check=False
            ).returncode
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotScanned(type(error).__name__) from None
        if done not in (0, 1):
            raise NotScanned(f"it ended with {done}")
        return done == 0
