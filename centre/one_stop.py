"""What the one-stop desk looks at in the morning: dossiers due today, late ones, those that wait for papers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from actions.dossiers.backend import BackendError, ForKiosks
from actions.dossiers.model import Dossier, DossierStatus, vietnam_date

AFRESH_SECONDS: Final = 300.0
"""How old the list may be; whoever opens the page thrice asks the source once."""


@dataclass(frozen=True, slots=True)
class Morning:
    """The dossiers of a day, by what is to be done."""

    today: tuple[Dossier, ...]
    """Result promised for today, and not yet handed out."""
    overdue: tuple[Dossier, ...]
    """Promised for an earlier day while the agency's clock runs; the longest first."""
    awaiting: tuple[Dossier, ...]
    """Wait for papers, or money, of the citizen; the longest first."""
    as_of: datetime


class OneStop:
    """Safe to share between threads.

    Args:
        source: lists dossiers.
        clock: the time.
    """

    def __init__(self, source: ForKiosks, clock: Callable[[], datetime]) -> None:
        self._source = source
        self._clock = clock
        self._asking = threading.Lock()
        self._kept: tuple[float, datetime, tuple[Dossier, ...]] | None = None

    def morning(self) -> Morning | None:
        """The day's lists; those of before while the source is away, None where it never answered."""
        found = self._dossiers()
        return sorted_for_the_day(*found) if found is not None else None

    def _dossiers(self) -> tuple[tuple[Dossier, ...], datetime, datetime] | None:
        with self._asking:
            if self._kept is None or time.monotonic() - self._kept[0] > AFRESH_SECONDS:
                try:
                    dossiers = tuple(one.dossier for one in self._source.for_kiosks())
                except BackendError:
                    # Asked again the next time.
                    pass
                else:
                    self._kept = (time.monotonic(), self._clock(), dossiers)
            kept = self._kept
        return (kept[2], kept[1], self._clock()) if kept is not None else None


def sorted_for_the_day(dossiers: tuple[Dossier, ...], as_of: datetime, now: datetime) -> Morning:
    """Dossiers by what is to be done on the day of ``now``."""
    today = vietnam_date(now)
    done = {DossierStatus.RETURNED, DossierStatus.REFUSED, DossierStatus.STOPPED}
    promised = [one for one in dossiers if one.appointment_on is not None]
    return Morning(
        today=_sorted(one for one in promised if one.appointment_on == today and one.status not in done),
        overdue=_sorted(one for one in promised if _is_before(one, today) and one.status.clock_runs),
        awaiting=_sorted(one for one in dossiers if one.status.awaits_citizen),
        as_of=as_of,
    )


def _is_before(dossier: Dossier, today: date) -> bool:
    return dossier.appointment_on is not None and dossier.appointment_on < today


def _sorted(dossiers: Iterable[Dossier]) -> tuple[Dossier, ...]:
    return tuple(sorted(dossiers, key=lambda one: (str(one.appointment_on or one.received_on or ""), one.code)))
