"""A moment written on the command line."""

from __future__ import annotations

from datetime import datetime

import typer

from runtime.clock import VIETNAM
from runtime.messages import Message


def read_moment(written: str, now: datetime) -> datetime:
    """The moment of ``--at``, Vietnamese time where no zone is said; ``now`` where nothing is written.

    Raises:
        typer.BadParameter: it cannot be read, or is still to come.
    """
    if not written:
        return now
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise typer.BadParameter(Message("write the moment as 2026-11-30T08:15"), param_hint="--at") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
    if moment > now:
        raise typer.BadParameter(Message("that moment is still to come"), param_hint="--at")
    return moment
