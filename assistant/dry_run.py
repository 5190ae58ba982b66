"""Dry runs: turns that are answered to be prepared, and keep and change nothing.

On the telephone an answer is prepared at the first pause, before it is known whether the caller has finished. The turn
itself comes afterwards, if it comes, and is taken as if nothing had been before. A dry run reads; where an answer needs
an action that may do more than read, there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

READING_ACTIONS = frozenset(
    {
        *("action_session_start", "action_answer_procedure", "action_answer_knowledge"),
        *("action_choose", "action_affirm", "action_deny", "action_none_of_them", "action_cross"),
    }
)
"""Actions that look up published facts and say them. All others may count a guess, ask a registry, send or keep
something, and are not run; a new action is no reading one until it is named here."""


@dataclass
class DryRun:
    """One that is under way."""

    is_stopped: bool = False
    """Whether it came to something that may not only be read: there is no answer then."""


_under_way: ContextVar[DryRun | None] = ContextVar("dry_run", default=None)


def under_way() -> DryRun | None:
    """The dry run this code runs in; None where a turn is taken in earnest."""
    return _under_way.get()


@contextmanager
def dry() -> Iterator[DryRun]:
    """Run what is inside without keeping anything."""
    run = DryRun()
    token = _under_way.set(run)
    try:
        yield run
    finally:
        _under_way.reset(token)
