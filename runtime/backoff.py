"""How long to wait before something is tried again."""

from __future__ import annotations

SHORTEST = 0.25
"""Seconds; nothing is ever tried again in the same moment."""


def pause(attempt: int, chance: float, *, first: float, longest: float) -> float:
    """Seconds before the next try: exponential with full jitter, so that many that failed together come apart.

    Args:
        attempt: tries so far, from 1.
        chance: random number from 0 to 1.
        first: longest pause after the first try, in seconds.
        longest: longest pause ever, in seconds.

    Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015: of the ways compared there,
    full jitter ends with the least work and nearly the least time.
    """
    # 2 ** 30 is beyond any "longest"; the power of a large attempt would only be a large number.
    highest = min(longest, first * 2.0 ** min(max(attempt, 1) - 1, 30))
    return max(SHORTEST, chance * highest)
