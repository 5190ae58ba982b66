"""What officers and operators are warned of on the pages: thresholds are data, ``centre_alerts.yml``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from centre.figures import AWAY, Budget, Day, Desk, calls, look_ups, total
from channels.turn_counts import Went
from language import data

FILE = "centre_alerts.yml"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on something is told; 0 takes a warning away."""

    overdue_tickets: int
    oldest_hours: float
    failed_share: float
    refused_share: float
    bad_ratings_share: float
    budget_share: float
    away_share: float
    slow_calls_share: float
    least_messages: int
    """Shares of fewer are chance."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One warning: a key of the wording, and its figures."""

    key: str
    count: int


@data.cached()
def thresholds() -> Thresholds:
    """Those of this installation. Raises ``TypeError`` for a file that lacks one, or has another."""
    content = yaml.safe_load((data.folder() / FILE).read_text(encoding="utf-8"))
    return Thresholds(**content["thresholds"])


def alerts(days: Sequence[Day], desk: Desk, budget: Budget, limits: Thresholds) -> list[Alert]:
    """What is over its threshold, the gravest first.

    Args:
        days: of the span that is looked at.
        desk: how officers stand.
        budget: of the month.
        limits: see :func:`thresholds`.
    """
    sent = sum(route.messages + route.failed for day in days for route in day.routes.values())
    failed = sum(route.failed for day in days for route in day.routes.values())
    turns = total(days)
    refused, every = turns[Went.REFUSED], sum(turns[how] for how in Went)
    ratings = [day.ratings.get(rating, 0) for day in days for rating in (1, 2, 3)]
    bad = sum(day.ratings.get(1, 0) for day in days)
    asked, talked = look_ups(days), calls(days)
    found = [
        Alert("alert_overdue", desk.overdue) if _over(desk.overdue, limits.overdue_tickets) else None,
        Alert("alert_oldest", round(desk.oldest_hours)) if _over(desk.oldest_hours, limits.oldest_hours) else None,
        _share("alert_failed", failed, sent, limits.failed_share, limits.least_messages),
        _share("alert_refused", refused, every, limits.refused_share, limits.least_messages),
        _share("alert_away", asked[AWAY], sum(asked.values()), limits.away_share, limits.least_messages),
        _share("alert_slow_calls", talked["slow"], talked["answers"], limits.slow_calls_share, limits.least_messages),
        _share("alert_ratings", bad, sum(ratings), limits.bad_ratings_share, limits.least_messages),
        Alert("alert_budget", round(budget.share * 100)) if _over(budget.share, limits.budget_share) else None,
    ]
    return [one for one in found if one is not None]


def _over(value: float, limit: float) -> bool:
    return limit > 0 and value >= limit


def _share(key: str, part: int, whole: int, limit: float, least: int) -> Alert | None:
    share = part / whole if whole >= max(least, 1) else 0.0
    return Alert(key, round(share * 100)) if _over(share, limit) else None
