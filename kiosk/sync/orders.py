"""What the centre orders of this box: to start again, to send its newest log lines. Anything else is refused.

An order is obeyed once, whatever breaks on the way: it is on disk before it is done, and told as done until the
centre no longer names it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from kiosk.protocol.entries import LogEntry
from kiosk.protocol.messages import EntryKind, Obeyed, Order, OrderKind, Outcome
from kiosk.queue.outgoing import NewEntry, Outgoing
from runtime import durable, logs

LARGEST_PACKED: Final = 12_000
"""Bytes of log lines once they are packed: some seconds of a bad line, and sealed still less than an entry may have."""
LARGEST_LINES: Final = 60_000
_WAITS: Final = "waits"

_log = logs.get(__name__)


class Orders:
    """For one thread.

    Args:
        file: remembers what was ordered and is not settled with the centre.
        outgoing: the queue; takes the log.
        log_lines: gives the newest log lines, the oldest first.
    """

    def __init__(self, file: Path, outgoing: Outgoing, log_lines: Callable[[], Sequence[str]]) -> None:
        self._file = file
        self._outgoing = outgoing
        self._log_lines = log_lines
        self._known = self._read()

    @property
    def restart_waits(self) -> bool:
        """Whether the box is to start again once nobody stands at it."""
        return _WAITS in self._known.values()

    def outcomes(self) -> tuple[Obeyed, ...]:
        """What the centre is to hear."""
        return tuple(Obeyed(id=id, outcome=Outcome(state)) for id, state in self._known.items() if state != _WAITS)

    def take(self, orders: Sequence[Order]) -> None:
        """Obey what is new; forget what the centre no longer names, which has heard of it or wants it no more."""
        named = {order.id for order in orders}
        known = {id: state for id, state in self._known.items() if id in named}
        for order in orders:
            if order.id not in known:
                _log.warning("the centre orders", order=order.id, kind=order.kind)
                known[order.id] = self._obey(order)
        self._keep(known)

    def restarting(self) -> None:
        """The box starts again now: the next run must not do so once more."""
        self._keep({id: Outcome.DONE if state == _WAITS else state for id, state in self._known.items()})

    def _obey(self, order: Order) -> str:
        if order.kind == OrderKind.RESTART:
            return _WAITS
        if order.kind == OrderKind.LOG:
            content = LogEntry(order=order.id, lines=newest(self._log_lines()))
            self._outgoing.add(NewEntry(EntryKind.LOG, f"log:{order.id}", content))
            return Outcome.DONE
        return Outcome.REFUSED

    def _keep(self, known: dict[str, str]) -> None:
        if known != self._known:
            durable.write(self._file, json.dumps(known).encode())
            self._known = known

    def _read(self) -> dict[str, str]:
        try:
            read = json.loads(self._file.read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        states = {_WAITS, *Outcome}
        return {str(id): str(state) for id, state in read.items() if state in states} if isinstance(read, dict) else {}


def newest(lines: Sequence[str]) -> str:
    """As many of the newest lines as one entry takes."""
    taken: list[str] = []
    size = 0
    for line in reversed(lines):
        size += len(line.encode()) + 1
        if size > LARGEST_LINES:
            break
        taken.append(line)
    while taken and len(zlib.compress("\n".join(taken).encode(), 9)) > LARGEST_PACKED:
        del taken[-max(1, len(taken) // 8) :]
    return "\n".join(reversed(taken))
