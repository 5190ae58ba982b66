"""A circuit breaker: a source that fails again and again is left alone for a while, then tried by one question.

Of our own: pybreaker (1.4) holds its lock while a call runs, so that one question at a time is asked; purgatory (3.0)
has no lock, and lets every waiting question through at once after a pause, which is the storm this is to prevent.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from actions.dossiers.backend import BackendUnavailable

FAILURES: Final = 5
"""In a row, after which nothing is asked for a while."""
PAUSE_SECONDS: Final = 10.0
"""After which one question is let through; when it is answered, all are."""


class Breaker:
    """Of one source in one process. Safe to share between threads.

    Args:
        name: of the source, for messages.
        monotonic: seconds that only grow.
        failures: in a row that open it.
        pause: seconds until one question is tried.
    """

    def __init__(
        self,
        name: str,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        failures: int = FAILURES,
        pause: float = PAUSE_SECONDS,
    ) -> None:
        self._name = name
        self._monotonic = monotonic
        self._most = failures
        self._pause = pause
        self._lock = threading.Lock()
        self._failures = 0
        self._tries_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether questions are turned away."""
        return self._failures >= self._most

    def enter(self) -> None:
        """A question is about to be asked; say how it ended with :meth:`passed` or :meth:`failed`.

        Raises:
            BackendUnavailable: it must not be asked now.
        """
        with self._lock:
            if not self.is_open:
                return
            if self._monotonic() < self._tries_at:
                raise BackendUnavailable(f"{self._name}: failed {self._failures} times in a row, and is left alone")
            # This one tries; should it never come back, the next does after another pause.
            self._tries_at = self._monotonic() + self._pause

    def passed(self) -> None:
        """It was answered."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """It was not."""
        with self._lock:
            self._failures += 1
            # Questions that were under way when it opened do not put the next trial off.
            if self._failures == self._most or self._monotonic() >= self._tries_at:
                self._tries_at = self._monotonic() + self._pause
