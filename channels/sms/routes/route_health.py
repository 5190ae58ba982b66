"""Whether a route works, told from its last hand-overs: a circuit breaker, pure, with the clock handed in."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from runtime.backoff import Backoff

WINDOW_SECONDS = 60.0
WINDOW_RESULTS = 50
FEWEST_RESULTS = 4
"""Fewer say nothing about a route."""
BAD_SHARE = 0.5
SLOW_SECONDS = 10.0
"""A route whose slowest tenth takes longer keeps citizens waiting; the promise is two seconds."""
BACKOFF = Backoff(first=5.0, longest=60.0)
"""Between the single messages that try whether a failing route works again."""
THROTTLE = Backoff(first=1.0, longest=60.0)
"""How long nothing goes a way whose provider wants us slower and does not say by how much."""
LONG_REST = 10.0
"""A route that must rest as long (its day's messages are used up, say) counts as failing: others take its messages."""


@dataclass(frozen=True, slots=True)
class _Result:
    at: float
    is_good: bool
    seconds: float


class RouteHealth:
    """Judges one route.

    Args:
        slow_seconds: a modem takes several seconds for each message even when all is well; others do not.
    """

    def __init__(self, slow_seconds: float = SLOW_SECONDS) -> None:
        self._slow_seconds = slow_seconds
        self._results: deque[_Result] = deque(maxlen=WINDOW_RESULTS)
        self._failing_since: float | None = None
        self._failed_tries = 1
        self._try_at = 0.0
        self._throttled_until = 0.0
        self._throttles = 0

    @property
    def works(self) -> bool:
        """Whether messages should go this way."""
        return self._failing_since is None

    def room(self, most: int, in_flight: int, now: float) -> int:
        """How many more messages the route may get now.

        Args:
            most: its window.
            in_flight: messages on their way.
            now: seconds, of any clock that only goes forward.
        """
        if now < self._throttled_until:
            return 0
        if self.works:
            return max(0, most - in_flight)
        return 1 if in_flight == 0 and now >= self._try_at else 0

    def record(self, is_good: bool, seconds: float, now: float) -> None:
        """Take in how a hand-over went.

        Args:
            is_good: whether the provider did its part; refusing one message for good is its part.
            seconds: how long it took.
            now: as in :meth:`room`.
        """
        if is_good:
            self._throttles = 0
        if self._failing_since is not None:
            # What was on its way when the route was found to fail says nothing new.
            # What ends while the route must rest was begun before, too.
            if now - seconds >= self._failing_since and now >= self._throttled_until:
                self._record_try(is_good and seconds <= self._slow_seconds, now)
            return
        self._results.append(_Result(now, is_good, seconds))
        while self._results and self._results[0].at < now - WINDOW_SECONDS:
            self._results.popleft()
        if self._is_bad():
            self._failing_since, self._try_at = now, now + BACKOFF.pause(self._failed_tries)

    def throttled(self, retry_after: float | None, now: float) -> None:
        """The provider wants us slower: nothing goes this way for a while, longer each time in a row.

        Args:
            retry_after: seconds it asks us to wait; None when it does not say.
            now: as in :meth:`room`.
        """
        self._throttles += 1
        seconds = retry_after or THROTTLE.pause(self._throttles)
        self._throttled_until = max(self._throttled_until, now + seconds)
        if seconds >= LONG_REST:
            self._failing_since, self._try_at = self._failing_since or now, self._throttled_until

    def _record_try(self, is_good: bool, now: float) -> None:
        if is_good:
            self._failing_since, self._failed_tries = None, 1
            self._results.clear()
        else:
            self._failed_tries += 1
            self._try_at = now + BACKOFF.pause(self._failed_tries)

    def _is_bad(self) -> bool:
        if len(self._results) < FEWEST_RESULTS:
            return False
        bad = sum(not result.is_good for result in self._results)
        if bad / len(self._results) >= BAD_SHARE:
            return True
        seconds = sorted(result.seconds for result in self._results)
        return seconds[int(len(seconds) * 0.9)] > self._slow_seconds
