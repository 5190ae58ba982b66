"""How the modem is, judged from what can be seen of smsd. Pure: observations in, a verdict out, the clock handed in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from runtime.backoff import Backoff

CONNECT_SECONDS = 90.0
"""A slow modem takes half a minute to answer; one that has not by now never will."""

SILENT_SECONDS = 20.0
"""Four missed heartbeats: nothing more is handed to smsd."""

HUNG_SECONDS = 75.0
"""smsd waits half a minute for an answer to a submission, and tries a silent modem three times. Then it is stuck."""

STEADY_SECONDS = 60.0
"""A connection that held this long was good: the next loss is a first one."""

BACKOFF = Backoff(first=1.0, longest=60.0, at_once=1)
"""Before smsd is started again: at once after the first loss, then ever later."""


class ModemState(StrEnum):
    """How the modem is."""

    AWAY = "away"
    """No device, or no smsd on it."""
    CONNECTING = "connecting"
    READY = "ready"
    SILENT = "silent"
    """smsd runs and does nothing."""
    BLOCKED = "blocked"
    """The SIM card refused the PIN. A third wrong one would lock it, so nobody tries again by himself."""


@dataclass(slots=True)
class Heart:
    """What one run of smsd has shown so far.

    Args:
        started: when it started, in seconds of a clock that never goes back.
        connections: how many connections the spool had counted before.
        pulse: the spool's pulse before.
    """

    started: float
    connections: int
    pulse: int
    beat_at: float = 0.0
    is_connected: bool = False

    def look(self, connections: int, pulse: int, now: float) -> ModemState:
        """Note what the spool counts now, and say how the modem is."""
        if connections > self.connections:
            self.is_connected = True
        if pulse != self.pulse:
            self.pulse, self.beat_at = pulse, now
        if not self.is_connected:
            return ModemState.CONNECTING
        return ModemState.READY if now - self.beat_at < SILENT_SECONDS else ModemState.SILENT

    def is_hung(self, now: float) -> bool:
        """Whether it will never do anything again."""
        if not self.is_connected:
            return now - self.started >= CONNECT_SECONDS
        return now - self.beat_at >= HUNG_SECONDS
