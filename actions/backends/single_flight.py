"""One source, asked so that its moods do no harm: one question a dossier at a time (single flight), a circuit breaker,
and what it said before.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Final

from actions.backends.answer_cache import KeptAnswers
from actions.backends.breaker import Breaker
from actions.dossiers.backend import (
    BackendError,
    BackendRejected,
    BackendUnavailable,
    DossierBackend,
    ProvableDossier,
    UnusableRecord,
)

MOST_AT_ONCE: Final = 96
"""Questions under way to one source: 30 a second that take 3 seconds each. More are turned away, so that one that hangs
cannot use up the process."""
_LOOK_AGAIN: Final = 0.05
"""Seconds between two looks at whether another process has the answer."""

Answering = Future[ProvableDossier | None]


class AskedOnce:
    """Safe to share between threads; make it after the last fork.

    Args:
        name: of the source.
        source: is asked.
        kept: its answers.
        breaker: of it.
        seconds: one question takes at most.
    """

    def __init__(self, name: str, source: DossierBackend, kept: KeptAnswers, breaker: Breaker, seconds: float) -> None:
        self.name = name
        self.source = source
        self.breaker = breaker
        self._kept = kept
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix=f"source-{name}")
        self._lock = threading.Lock()
        self._under_way: dict[str, Answering] = {}

    def begin(self, code: str) -> Answering:
        """Ask, or join whoever is asking about the same dossier; the question goes on when nobody waits any longer, so
        that the answer is there when it is asked for again. The future raises ``BackendError``."""
        if (fresh := self._kept.fresh(code)) is not None:
            return _settled(fresh.found)
        with self._lock:
            if (joined := self._under_way.get(code)) is not None:
                return joined
            if len(self._under_way) >= MOST_AT_ONCE:
                failed: Answering = Future()
                failed.set_exception(BackendUnavailable(f"{self.name}: too many questions are under way"))
                return failed
            future = self._threads.submit(self._ask, code)
            self._under_way[code] = future
        future.add_done_callback(lambda _: self._done(code))
        return future

    def before(self, code: str) -> ProvableDossier | None:
        """What it said last, with when that was."""
        kept = self._kept.old(code)
        return replace(kept.found, as_of=kept.at) if kept is not None and kept.found is not None else None

    def outdate(self, code: str) -> None:
        """It has changed: the next question is put to the source."""
        self._kept.outdate(code)

    def close(self) -> None:
        """Ask nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _done(self, code: str) -> None:
        with self._lock:
            self._under_way.pop(code, None)

    def _ask(self, code: str) -> ProvableDossier | None:
        ends = time.monotonic() + self._seconds
        while not self._kept.claim(code, self._seconds):
            if time.monotonic() > ends:
                raise BackendUnavailable(f"{self.name}: another process asks, and has no answer yet")
            time.sleep(_LOOK_AGAIN)
            if (fresh := self._kept.fresh(code)) is not None:
                return fresh.found
        try:
            # Whoever asked before this one may have just been answered.
            fresh = self._kept.fresh(code)
            return fresh.found if fresh is not None else self._asked(code)
        finally:
            self._kept.release(code)

    def _asked(self, code: str) -> ProvableDossier | None:
        self.breaker.enter()
        try:
            found = self.source.find(code)
        except UnusableRecord:
            self.breaker.passed()
            raise
        except BackendError:
            self.breaker.failed()
            raise
        except Exception as error:
            self.breaker.failed()
            # Only the kind: the message may hold what was asked.
            raise BackendRejected(f"{self.name}: failed ({type(error).__name__})") from None
        self.breaker.passed()
        self._kept.keep(code, found)
        return found


def _settled(found: ProvableDossier | None) -> Answering:
    future: Answering = Future()
    future.set_result(found)
    return future
