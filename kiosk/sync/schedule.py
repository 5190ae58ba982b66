"""When to talk to the centre: each minute over a good line, hourly over a bad one, at once when something waits.

While nobody answers it is tried ever more rarely.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from runtime.backoff import Backoff, jittered

BACKOFF: Final = Backoff(first=30.0, longest=1800.0)
"""While nobody answers, or a bundle does not come through."""
SHUT_OUT_PAUSE: Final = 6 * 3600.0
"""A box that was shut out asks rarely whether it still is."""
QUICK_SECONDS: Final = 0.4
"""An exchange that took less came over a good line: at 32 kbit/s its 1.5 kB alone take as long."""
JITTER: Final = 0.1
"""Kiosks of a province that lost their line together must not all come back in the same second."""

_ROUTES: Final = (Path("/proc/net/route"), Path("/proc/net/ipv6_route"))


@dataclass
class SyncSchedule:
    """Counts in seconds of a clock that is never set.

    Args:
        every: between signs of life over a bad line.
        beat: the same over a good one, so that a corrected answer is told minutes later.
        chance: gives numbers from 0 to 1.
    """

    every: float
    beat: float | None = None
    chance: Callable[[], float] = random.random
    _next: float = field(default=0.0, init=False)
    _failures: int = field(default=0, init=False)
    _breaks: int = field(default=0, init=False)

    def is_due(self, now: float, waiting: int) -> bool:
        """Whether to talk now."""
        return now >= self._next or (waiting > 0 and not self._failures)

    def worked(self, now: float, took: float = QUICK_SECONDS) -> None:
        """The centre has answered, after so many seconds."""
        self._failures = 0
        is_quick = took < QUICK_SECONDS and self.beat is not None
        self._next = now + self._about(min(self.beat or self.every, self.every) if is_quick else self.every)

    def failed(self, now: float) -> None:
        """Nobody answered."""
        self._next = now + self._about(BACKOFF.pause(self._failures + 1))
        self._failures += 1

    def broke_off(self, now: float, *, urgent: bool = False) -> None:
        """The centre answered, but a bundle did not come through: a line may carry the one and not the other. An urgent
        one is tried again as soon as the first time."""
        self._next = now + self._about(min(self.every, BACKOFF.pause(1 if urgent else self._breaks + 1)))
        self._breaks += 1

    def got_on(self) -> None:
        """A piece of a bundle came through."""
        self._breaks = 0

    def shut_out(self, now: float) -> None:
        """The centre wants nothing of this box."""
        self._failures = 1
        self._next = now + self._about(SHUT_OUT_PAUSE)

    def line_changed(self, now: float) -> None:
        """A network came up: whatever failed before may work."""
        if self._failures:
            self._next = now

    def _about(self, seconds: float) -> float:
        return jittered(seconds, JITTER, self.chance())


def ways_out() -> str:
    """The machine's routes; another text means another network."""
    texts = []
    for path in _ROUTES:
        try:
            # Destination and gateway alone: use counters change all the time.
            texts += [" ".join(line.split()[:3]) for line in path.read_text().splitlines()]
        except OSError:
            continue
    return "\n".join(sorted(texts))
