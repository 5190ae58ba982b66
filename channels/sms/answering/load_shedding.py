"""Back-pressure: when more text messages come in than can be answered, storing them goes before answering them."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable

MOST_PER_SECOND_AND_CORE = 25.0
"""A little more than one processor core can answer (the benchmark's processor time of a text message, all parts
together): beyond it messages wait anyway."""

MEMORY_SECONDS = 2.0
"""Over about so long arrivals are counted: a few letters at once are no rush."""


class Rush:
    """The rate at which messages come in, and what it means; keeps one number. Not safe to share between threads.

    Args:
        cores: of this machine; None asks it.
        clock: seconds, monotonic.
    """

    def __init__(self, cores: int | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._cores = cores or len(os.sched_getaffinity(0))
        self._clock = clock
        self._rate = 0.0
        self._at = clock()

    def arrived(self) -> None:
        """A message came in."""
        self._rate = self.per_second + 1 / MEMORY_SECONDS
        self._at = self._clock()

    @property
    def per_second(self) -> float:
        """Messages a second, the latest counting most."""
        return self._rate * math.exp((self._at - self._clock()) / MEMORY_SECONDS)

    def at_once(self, usual: int) -> int:
        """How many messages to work on at once.

        A citizen's provider gives up on a message that is not stored in time, while an answer may come later. So in
        a rush half of the cores are left to those that store.

        Args:
            usual: without a rush.
        """
        if self.per_second <= MOST_PER_SECOND_AND_CORE * self._cores:
            return usual
        return min(usual, max(1, self._cores // 2))
