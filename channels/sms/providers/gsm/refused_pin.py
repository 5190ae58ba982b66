"""That the SIM card refused a PIN, kept beyond the end of the process.

A card locks itself after the third wrong PIN, and a supervisor that starts the worker again would try it a third
time. So the same PIN is never tried again by itself.
"""

from __future__ import annotations

from pathlib import Path


class RefusedPin:
    """The note.

    Args:
        file: where it is kept; an operator who has changed the card deletes it.
        mark: keyed hash of the PIN in use.
    """

    def __init__(self, file: Path, mark: str) -> None:
        self._file = file
        self._mark = mark

    def refuse(self) -> None:
        """The card refused this PIN."""
        self._file.write_text(self._mark, encoding="ascii")

    def is_refused(self) -> bool:
        """Whether the card refused this PIN before; another PIN may be tried."""
        try:
            return self._file.read_text(encoding="ascii").strip() == self._mark
        except FileNotFoundError:
            return False
