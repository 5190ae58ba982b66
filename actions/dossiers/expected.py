"""When a result is due by law, where the agency has set no day: counted from the procedure's time limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from actions.dossiers.model import DossierView, vietnam_date
from catalogue.record import Procedure, TimeUnit
from runtime.working_time import working_time


def with_expected_day(view: DossierView, find: Callable[[str], Procedure | None]) -> DossierView:
    """The dossier with the day its time limit ends, where that can be said.

    Only while the agency works on it, from the moment of receipt, and only where the procedure has one limit in working
    days for every case: of several nobody here knows which holds.

    Args:
        view: as it is told.
        find: a procedure by its code, None where there is none.
    """
    if view.appointment_on is not None or view.received_at is None or not view.status.clock_runs:
        return view
    procedure = find(view.procedure_code)
    received = vietnam_date(view.received_at)
    if procedure is None or not working_time().knows(received):
        return view
    times = [
        (time.value, time.unit)
        for submission in procedure.submissions
        for time in submission.times
        if time.holds_on(received) and time.is_stated
    ]
    alone = set(times)
    if len(alone) != 1 or any(time.case or time.most for one in procedure.submissions for time in one.times):
        return view
    ((value, unit),) = alone
    if unit is not TimeUnit.WORKING_DAY or value is None or value != int(value):
        return view
    due = working_time().due(view.received_at, int(value))
    return replace(view, expected_on=due) if working_time().knows(due) else view
