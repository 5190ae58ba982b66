"""Proof that somebody holds a telephone number: a short code sent there, and given back.

A sender can be forged; what is sent to a number only whoever holds it reads. The code is worked out from number and
time with the installation's key, so nothing of it is stored.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime

from stores.sealing import Seal

DIGITS = 4
WINDOW_SECONDS = 600
WINDOWS = 3
"""A code holds for 20 to 30 minutes; whoever guesses is stopped by the limit on tries long before."""


class NumberProof:
    """Makes and checks codes.

    Args:
        seal: of the installation.
        now: the clock.
    """

    def __init__(self, seal: Seal, now: Callable[[], datetime]) -> None:
        self._seal = seal
        self._now = now

    def code(self, person: str) -> str:
        """The code for a number, by its keyed hash, at this moment."""
        return self._at(person, self._window())

    def fits(self, person: str, code: str) -> bool:
        """Whether this code was given out for this number in the last minutes."""
        newest = self._window()
        return any(hmac.compare_digest(self._at(person, newest - age), code) for age in range(WINDOWS))

    def _window(self) -> int:
        return int(self._now().timestamp()) // WINDOW_SECONDS

    def _at(self, person: str, window: int) -> str:
        number = int(self._seal.hash("number proof", f"{person}:{window}"), 16) % 10**DIGITS
        return f"{number:0{DIGITS}d}"
