"""Clocks: of this machine, and of the servers beside it."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator

from installation.doctor.finding import Finding, Level
from installation.root import Installation
from runtime.messages import tr

SLOWEST_CLOCK_SECONDS = 2.0
"""Leases of messages and locks of conversations are compared across hosts."""
_NOT_SYNCHRONISED = 5
"""``TIME_ERROR`` of adjtimex(2)."""


def clock(here: Installation) -> Iterator[Finding]:
    """Whether the kernel believes its clock."""
    state = _kernel_clock_state()
    if state == _NOT_SYNCHRONISED:
        yield Finding(
            "clock",
            Level.WARNING,
            tr("nobody keeps this machine's clock right: fees and opening hours go by the day"),
            tr("timedatectl set-ntp true, or install chrony"),
        )
    else:
        yield Finding("clock", Level.OK, tr("this machine's clock is kept right"))


def _kernel_clock_state() -> int:
    # struct timex is 208 bytes on every Linux we run on; modes = 0 only asks.
    return int(ctypes.CDLL(None).adjtimex(ctypes.byref(ctypes.create_string_buffer(512))))


def clock_of(server: str, theirs: float) -> Iterator[Finding]:
    """Whether a server's clock, in seconds since 1970, agrees with ours."""
    apart = abs(theirs - time.time())
    if apart > SLOWEST_CLOCK_SECONDS:
        yield Finding(
            "clock",
            Level.WRONG,
            tr(
                "the clock of {server} and ours are {apart:.0f} s apart: leases and locks would end too early or "
                "too late",
                server=server,
                apart=apart,
            ),
            tr("keep both right with chrony or systemd-timesyncd"),
        )
    else:
        yield Finding("clock", Level.OK, tr("the clock of {server} agrees with ours", server=server))
