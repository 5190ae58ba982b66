"""Figures of calls for Prometheus. Labels name carriers and outcomes, never a person or a call."""

from __future__ import annotations

import asyncio
from collections import Counter as Counts
from collections.abc import Callable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.35, 0.5, 0.7, 0.9, 1.2, 2.0, 4.0, 8.0, 15.0)
_FRAME_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.5, 2.0)
SLOW_SECONDS: Final = 1.5
"""From when on a caller wonders whether anybody is there."""


class CallFigures:
    """How many calls, how fast the answers, how punctual the sound.

    Args:
        registry: of the process; one of these a registry.
        keep: adds counts to those of the day; called in a thread, when a call has ended.
    """

    def __init__(self, registry: CollectorRegistry, keep: Callable[[Mapping[str, int]], None] | None = None) -> None:
        self._keep = keep
        self._day: Counts[str] = Counts()
        self._active = Gauge(
            "motcua_calls_active", "Calls going on", ("carrier",), registry=registry, multiprocess_mode="livesum"
        )
        self._ended = Counter("motcua_calls_ended", "Calls that ended", ("carrier", "outcome"), registry=registry)
        self._refused = Counter("motcua_calls_refused", "Calls not taken", ("carrier", "why"), registry=registry)
        self._answer = Histogram(
            "motcua_call_answer_seconds",
            "Seconds from the end of the caller's turn to the first sound of the answer; "
            "part: whole, or without the time the recogniser took to finish",
            ("carrier", "part"),
            buckets=_SECONDS,
            registry=registry,
        )
        self._interrupted = Counter(
            "motcua_call_interruptions", "Times a caller cut the voice off", ("carrier", "by"), registry=registry
        )
        self._unheard = Counter(
            "motcua_call_speech_unheard",
            "Times a caller spoke and no recogniser could take it in time",
            ("carrier",),
            registry=registry,
        )
        self._prepared = Counter(
            "motcua_call_answers_prepared",
            "Turns of callers for which an answer was prepared at a pause; used: whether to what was said in the end",
            ("carrier", "used"),
            registry=registry,
        )
        self._late = Histogram(
            "motcua_call_frame_late_seconds",
            "Seconds by which a frame of 20 ms was handled too late",
            buckets=_FRAME_SECONDS,
            registry=registry,
        )

    def began(self, carrier: str) -> None:
        """A call began."""
        self._active.labels(carrier).inc()

    def ended(self, carrier: str, outcome: str) -> None:
        """A call ended; what was counted since the last one is kept: how calls ended (``ended_``), ``refused``,
        ``answers``, of these ``slow``, their ``milliseconds``, and ``interruptions``.
        """
        self._active.labels(carrier).dec()
        self._ended.labels(carrier, outcome).inc()
        self._day[f"ended_{outcome}"] += 1
        if self._keep is not None:
            counted, self._day = self._day, Counts()
            # Redis may be away: no frame waits for it.
            asyncio.get_running_loop().run_in_executor(None, self._keep, counted)

    def refused(self, carrier: str, why: str) -> None:
        """A call was not taken."""
        self._refused.labels(carrier, why).inc()
        self._day["refused"] += 1

    def answered(self, carrier: str, seconds: float, recogniser_seconds: float) -> None:
        """The first sound of an answer went out, so long after the caller's turn; so much of it was the recogniser."""
        self._day.update(answers=1, slow=int(seconds > SLOW_SECONDS), milliseconds=round(seconds * 1000))
        self._answer.labels(carrier, "whole").observe(seconds)
        self._answer.labels(carrier, "own").observe(max(0.0, seconds - recogniser_seconds))

    def interrupted(self, carrier: str, by: str) -> None:
        """A caller cut the voice off, by ``keys`` or ``speech``."""
        self._day["interruptions"] += 1
        self._interrupted.labels(carrier, by).inc()

    def unheard(self, carrier: str) -> None:
        """A caller spoke, and the recognisers were too busy, or failed."""
        self._unheard.labels(carrier).inc()

    def prepared(self, carrier: str, *, used: bool) -> None:
        """A turn is over for which an answer was prepared: to the same words, or to fewer."""
        self._prepared.labels(carrier, "yes" if used else "no").inc()

    def frame_late(self, seconds: float) -> None:
        """A frame was due so long ago."""
        self._late.observe(seconds)
