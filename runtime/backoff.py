"""Back-off: how long to wait before something that failed is tried again. The only growing pause of the project.

Pure, with chance handed in, because most schedules here stand in rows, files and state machines that outlive a call;
a library that repeats a function until it succeeds (tenacity) has no place for them. See docs/decisions/0019.
"""

from __future__ import annotations

from dataclasses import dataclass

_LARGEST_POWER = 30
"""2 ** 30 is beyond any "longest"; the power of a large number of failures would only be a large number."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double with each failure in a row; the figures of one place.

    Args:
        first: seconds after the first failure that is waited for at all.
        longest: seconds, at most.
        least: seconds, at least, whatever chance says.
        at_once: so many failures in a row are followed by no pause.
    """

    first: float
    longest: float
    least: float = 0.0
    at_once: int = 0

    def pause(self, failures: int, chance: float = 1.0) -> float:
        """Seconds until the next try.

        Args:
            failures: in a row, from 1; fewer count as one.
            chance: random number from 0 to 1 where many may fail together and must come apart (full jitter); 1 where
                only one process waits.

        Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015: of the ways compared there,
        full jitter ends with the least work and nearly the least time.
        """
        counted = max(failures, 1) - self.at_once
        if counted <= 0:
            return 0.0
        highest = min(self.longest, self.first * 2.0 ** min(counted - 1, _LARGEST_POWER))
        return max(self.least, chance * highest)


def jittered(seconds: float, share: float, chance: float) -> float:
    """A period a little shorter or longer, so that many who keep the same one do not come in the same second.

    Args:
        seconds: the period.
        share: of it, by which it differs at most; 0.1 gives 90 % to 110 %.
        chance: random number from 0 to 1.
    """
    return seconds * (1.0 + share * (2.0 * chance - 1.0))
