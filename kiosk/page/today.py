"""What stands on every screen: whose machine it is, the time, whether officers are there, what does not work today."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from runtime import logs
from runtime.clock import VIETNAM
from tickets.hours import OfficeHours

REST_SECONDS: Final = 5.0
"""What was found holds so long, however many pages ask."""

_log = logs.get(__name__)


@dataclass
class Today:
    """Safe to share between threads.

    Args:
        office: as it calls itself; empty where nobody has set it.
        version: changes when the page would show something else; a page nobody uses then loads itself anew.
        now: the time, with zone: the centre's, where it was heard.
        hours: when officers are there.
        has_line: whether the machine has a way out.
        checks: each raises when something does not work: ``keeps`` (what is left here), ``talks`` (core and
            conversations).
        speaks: whether there is a voice.
        restart_waits: whether the box starts again once nobody is there.
        may_be: whether it can be as late as that: a clock that lost its battery begins years ago.
    """

    office: str
    version: Callable[[], str]
    now: Callable[[], datetime]
    hours: OfficeHours
    has_line: Callable[[], bool]
    checks: Mapping[str, Callable[[], object]]
    speaks: Callable[[], bool]
    restart_waits: Callable[[], bool] = lambda: False
    may_be: Callable[[datetime], bool] = lambda moment: True
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _until: float = field(default=float("-inf"), init=False)
    _troubles: tuple[str, ...] = field(default=(), init=False)

    def as_json(self) -> dict[str, Any]:
        """What ``GET /kiosk/api/today`` answers."""
        moment = self.now()
        is_known = self.may_be(moment)
        return {
            "office": self.office,
            # Empty where nobody knows: then nothing is said of office hours either.
            "clock": f"{moment.astimezone(VIETNAM):%H:%M}" if is_known else "",
            "open": is_known and self.hours.is_open(moment),
            "line": self.has_line(),
            "troubles": self.troubles(),
            "version": self.version(),
        }

    def troubles(self) -> tuple[str, ...]:
        """Names of what does not work, the weightiest first."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._troubles = tuple(self._found())
                self._until = time.monotonic() + REST_SECONDS
            return self._troubles

    def _found(self) -> list[str]:
        found = []
        for name, check in self.checks.items():
            try:
                check()
            except Exception as error:
                # Whatever it is: the visitor reads that it does not work, the operator what kind of trouble it is.
                _log.warning("something does not work at this kiosk", what=name, cause=type(error).__name__)
                found.append(name)
        if not self.speaks():
            found.append("speaks")
        if not self.may_be(self.now()):
            found.append("clock")
        return [*found, "restarts"] if self.restart_waits() else found
