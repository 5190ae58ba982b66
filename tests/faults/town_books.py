"""What a system says of itself after faults: its processes, its rows, whether a citizen got the whole answer."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from running_system import RunningSystem
from sqlalchemy import func, select

from benchmarks.processes import descendants, with_module
from channels.sms.queue.states import OPEN_INCOMING, OPEN_OUTGOING
from channels.sms.queue.tables import incoming, outgoing
from stores.database import Database

SETTLED_SECONDS = 300.0
"""Generous: the machine may have other work."""


def processes(system: RunningSystem, word: str) -> list[int]:
    """Those of this system whose command line has a word; the first started first."""
    assert system.process is not None
    return with_module(descendants(system.process.pid), word)


def kill(pids: Sequence[int]) -> None:
    assert pids, "there is nothing to kill"
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_until_settled(system: RunningSystem) -> None:
    """Wait until nothing is to be answered or sent any more."""
    with opened(system) as database:
        wait_for(lambda: not any(still_open(database)))


def wait_for(condition: Callable[[], bool], seconds: float = SETTLED_SECONDS, often: float = 0.2) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(often)


def still_open(database: Database) -> tuple[int, int]:
    """Messages to be answered, and to be sent."""
    with database.reading() as session:
        return (
            session.scalar(select(func.count()).select_from(incoming).where(incoming.c.state.in_(OPEN_INCOMING))) or 0,
            session.scalar(select(func.count()).select_from(outgoing).where(outgoing.c.state.in_(OPEN_OUTGOING))) or 0,
        )


@contextlib.contextmanager
def opened(system: RunningSystem) -> Iterator[Database]:
    """The database of a running system."""
    database = Database(system.settings.get("MOTCUA_DATABASE_URL") or f"sqlite:///{system.data / 'motcua.db'}")
    try:
        yield database
    finally:
        database.close()


@dataclass(frozen=True)
class Rows:
    """What the database says."""

    incoming: Counter[str]
    outgoing: Counter[str]
    maybe_twice: int

    @classmethod
    def of(cls, system: RunningSystem) -> Rows:
        with opened(system) as database, database.reading() as session:
            return cls(
                Counter(session.scalars(select(incoming.c.state))),
                Counter(session.scalars(select(outgoing.c.state))),
                int(session.scalar(select(func.sum(outgoing.c.maybe_twice))) or 0),
            )


BEGINNING = 100
"""Characters at the beginning of an answer that are the same however many pages it has."""


def is_whole(told: list[str], wanted: list[str]) -> bool:
    """Whether an answer came at once with all that would have waited for "1": nobody is offered a page that is lost."""
    return len(told) >= len(wanted) and told[0][:BEGINNING] == wanted[0][:BEGINNING]
