"""What the operations centre counts: tickets, text messages with their cost, kiosks, questions without an answer.

Read from the stores day by day. What the worker has counted lies in a table of days, so that no page waits for it; a
day that can change no more is counted once. Nothing here tells who.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from statistics import median
from time import monotonic
from typing import Final, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import delete, func, select

from actions.dossiers.look_up_log import LookUpRow
from centre.tables import DayRow
from channels.sms.queue.tables import incoming, outgoing
from channels.turn_counts import ASKED, CALL, Went
from language.communes.register import communes
from runtime.clock import VIETNAM
from stores.database import Database
from tickets.store import TicketStore, Wanted
from tickets.tables import TicketRow
from tickets.ticket import Rating, TicketState

_T = TypeVar("_T")

SETTLED_AFTER: Final = timedelta(days=4)
"""When no receipt changes the messages of a day any more: they live two days, receipts a little longer."""
FRESH_SECONDS: Final = 60.0
"""How long what was counted is shown again without being counted: ten viewers cost what one does."""
RECOUNTED_AFTER: Final = timedelta(minutes=15)
"""How old a count of a day that receipts may still change gets; today is counted every minute."""
SHOWN_FOR: Final = timedelta(minutes=20)
"""How old a count of such a day a page shows; past that the worker is away, and the page counts."""
KEPT_FOR: Final = timedelta(days=90)
"""How far back the worker counts days: the longest span of the page."""
DAYS_KEPT: Final = timedelta(days=800)
"""How long a day that was counted stays: two years of months for everybody to read."""
OVERDUE: Final = "overdue"
"""Among the states that are counted for an officer, what is past its promise."""
NEAR_BUDGET: Final = 0.8
"""Share of the month's budget from which the page warns."""
AWAY: Final = "Unavailable"
"""The outcome of a look-up whose source could not be asked (:class:`actions.dossiers.service.Unavailable`)."""
LOOKED_UP: Final = {
    "Proof": "found",
    "Found": "found",
    "Told": "found",
    "NotFoundOrMismatch": "mismatch",
    "Ambiguous": "mismatch",
    "Locked": "locked",
    AWAY: "away",
}
"""What outcomes of look-ups mean to officers."""


@dataclass(frozen=True, slots=True)
class RouteDay:
    """Messages to citizens by one route on one day."""

    messages: int = 0
    segments: int = 0
    delivered: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Answers:
    """First answers officers gave on one day."""

    promised: int = 0
    """Of these, to tickets with a promise."""
    in_time: int = 0
    """Of these, as promised."""
    minutes: Mapping[int, int] = field(default_factory=dict)
    """How many came so many minutes after the ticket was made."""


@dataclass(frozen=True, slots=True)
class Day:
    """What was counted on one day."""

    day: date
    received: int
    """Text messages of citizens."""
    ignored: int
    """Of these, without an answer: machines, limits, or an officer who was writing."""
    not_answered: int
    """Given up; the citizen was told so."""
    routes: Mapping[str, RouteDay]
    tickets: int
    closed: int
    turns: Mapping[str, int] = field(default_factory=dict)
    """As :meth:`channels.turn_counts.TurnCounts.of` has them."""
    ratings: Mapping[int, int] = field(default_factory=dict)
    """Of tickets, by :class:`tickets.ticket.Rating`."""
    look_ups: Mapping[str, int] = field(default_factory=dict)
    """Of dossiers and registries, by outcome: ``Proof``, ``NotFoundOrMismatch``, ``Locked``, ``Unavailable``."""
    communes: Mapping[str, int] = field(default_factory=dict)
    """Segments to people whose last ticket is about a commune, by its code; whose tickets name none are left out."""
    paid: int | None = None
    """Segments handed over, whatever became of them; None: counted before this was."""
    answers: Answers | None = None
    """First answers to tickets; None: counted before these were."""

    @property
    def segments(self) -> int:
        """Of all routes."""
        return sum(one.segments for one in self.routes.values())


@dataclass(frozen=True, slots=True)
class Desk:
    """How officers stand."""

    open: int
    taken: int
    passed: int
    overdue: int
    oldest_hours: float
    """Age of the oldest that waits for its first answer."""
    in_time: float | None
    """Share of the first answers given in the span that came as promised; None without any."""
    median_minutes: float | None
    """Half of the first answers given in the span came sooner."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What text messages cost this month."""

    segments: int
    cost: float
    """In đồng; 0 where no price is set."""
    limit: float
    """The month's budget in đồng; 0 for none."""

    @property
    def share(self) -> float:
        """Of the budget that is spent; 0 without one."""
        return self.cost / self.limit if self.limit else 0.0


class Figures:
    """Safe to share between threads.

    Args:
        database: of the installation.
        tickets: of the installation.
        clock: the time, with zone.
        segment_price: đồng for one segment; 0: not known.
        month_budget: đồng for a month; 0: none.
        turns: how turns of a day went.
    """

    def __init__(
        self,
        database: Database,
        tickets: TicketStore,
        clock: Callable[[], datetime],
        segment_price: float = 0.0,
        month_budget: float = 0.0,
        turns: Callable[[date], Mapping[str, int]] = lambda _day: {},
    ) -> None:
        self._turns = turns
        self._database = database
        self._tickets = tickets
        self._clock = clock
        self._price = segment_price
        self._limit = month_budget
        self._kept: dict[tuple[object, ...], tuple[datetime, object]] = {}

    def fresh(self, key: tuple[object, ...], count: Callable[[], _T]) -> _T:
        """What was counted within the last minute, or is counted now; for what pages count beside these figures, too.

        Args:
            key: of its own for each thing that is counted.
            count: does so.
        """
        now, known = self._clock(), self._kept.get(key)
        if known is not None and 0 <= (now - known[0]).total_seconds() < FRESH_SECONDS:
            return known[1]  # type: ignore[return-value]
        found = count()
        self._kept[key] = (now, found)
        return found

    def days(self, count: int) -> list[Day]:
        """The last days with today, the oldest first."""
        today = self._today()
        wanted = [today - timedelta(days=ago) for ago in reversed(range(count))]
        noted = self.fresh(("days", count), lambda: self._noted(wanted[0]))
        return [self._day(day, noted.get(day)) for day in wanted]

    def keep_counted(self, seconds: float = 2.0) -> int:
        """Count what is missing in the table of days or may have changed since, the newest first; how many days.

        Args:
            seconds: for about so long; what is left is counted next time.
        """
        today, begin, done = self._today(), monotonic(), 0
        wanted = [today - timedelta(days=ago) for ago in range(KEPT_FOR.days)]
        noted = self._noted(wanted[-1])
        for day in wanted:
            known = noted.get(day)
            if known is not None and not self._is_due(day, *known):
                continue
            self._note(day, *self._anew(day, known))
            done += 1
            if monotonic() - begin > seconds:
                break
        with self._database.writing() as session:
            session.execute(delete(DayRow).where(DayRow.day < today - DAYS_KEPT))
        return done

    def _is_due(self, day: date, counted_at: datetime, counted: Day) -> bool:
        """Whether a day has to be counted again: until it can change no more, and once more then."""
        if counted_at >= _settled_at(day):
            return counted.answers is None
        return day == self._today() or self._clock() - counted_at >= RECOUNTED_AFTER

    def _anew(self, day: date, known: tuple[datetime, Day] | None) -> tuple[datetime, Day]:
        """A day counted again, and when what is told of it was counted."""
        if known is None:
            return self._clock(), self._counted(day)
        at, before = known
        if at >= _settled_at(day):
            # Answers alone are missing. Of messages, which may be forgotten by now, nothing could be counted again.
            return at, replace(before, answers=self._answers(day))
        counted = self._counted(day)
        # The store of counts may be away, or have forgotten the day: what was known stays.
        return self._clock(), counted if counted.turns else replace(counted, turns=before.turns)

    def _noted(self, since: date) -> dict[date, tuple[datetime, Day]]:
        with self._database.reading() as session:
            rows = list(session.scalars(select(DayRow).where(DayRow.day >= since)))
        return {row.day: (row.counted_at, _DAY.validate_json(row.counted)) for row in rows}

    def _note(self, day: date, counted_at: datetime, counted: Day) -> None:
        with self._database.writing() as session:
            session.merge(DayRow(day=day, counted_at=counted_at, counted=_DAY.dump_json(counted).decode()))

    def months(self) -> list[dict[str, object]]:
        """Months that are over, the newest first; see :func:`month_table`."""
        first = self._today().replace(day=1)
        noted = self.fresh(("months",), lambda: self._noted(first - DAYS_KEPT))
        return month_table([day for at, (_, day) in sorted(noted.items()) if at < first])

    def desk(self, days: int) -> Desk:
        """How officers stand now, and how soon they answered in the last days."""
        return self.fresh(("desk", days), lambda: self._desk(days))

    def _desk(self, days: int) -> Desk:
        waiting = select(func.min(TicketRow.created_at)).where(
            TicketRow.state.in_((TicketState.OPEN, TicketState.TAKEN)), TicketRow.answered_at.is_(None)
        )
        with self._database.reading() as session:
            oldest = session.scalar(waiting)
        answers = [day.answers for day in self.days(days) if day.answers is not None]
        promised = sum(one.promised for one in answers)
        minutes: Counter[int] = Counter()
        for one in answers:
            minutes.update(one.minutes)
        standing = (TicketState.OPEN, TicketState.TAKEN, TicketState.PASSED)
        wanted = {state.value: Wanted(states=(state,)) for state in standing} | {OVERDUE: Wanted(overdue=True)}
        counts = self._tickets.counts(wanted)
        return Desk(
            open=counts[TicketState.OPEN],
            taken=counts[TicketState.TAKEN],
            passed=counts[TicketState.PASSED],
            overdue=counts[OVERDUE],
            oldest_hours=max(0.0, (self._clock() - oldest).total_seconds() / 3600) if oldest is not None else 0.0,
            in_time=sum(one.in_time for one in answers) / promised if promised else None,
            median_minutes=median(minutes.elements()) if minutes else None,
        )

    def budget(self) -> Budget:
        """Segments of this month that were handed over, and what they cost."""
        return self.fresh(("budget",), self._budget)

    def _budget(self) -> Budget:
        month = self.days(self._today().day)
        segments = sum(one.segments if one.paid is None else one.paid for one in month)
        return Budget(segments, segments * self._price, self._limit)

    def cost(self, segments: int) -> float:
        """In đồng."""
        return segments * self._price

    def _day(self, day: date, noted: tuple[datetime, Day] | None) -> Day:
        if noted is not None:
            fresh = timedelta(seconds=FRESH_SECONDS) if day == self._today() else SHOWN_FOR
            if noted[0] >= _settled_at(day) or self._clock() - noted[0] < fresh:
                return noted[1]
        counted = self.fresh(("day", day), lambda: self._counted(day))
        if self._clock() >= _settled_at(day):
            # The worker has not come to it yet: it is counted once all the same.
            self._note(day, self._clock(), counted)
        return counted

    def _counted(self, day: date) -> Day:
        begin, end = _midnight(day), _midnight(day + timedelta(days=1))
        first, last = begin.timestamp(), end.timestamp()
        # Grouped here: with GROUP BY SQLite reads the index of states, all of it, instead of the day.
        came = select(incoming.c.state).where(incoming.c.stored_at >= first, incoming.c.stored_at < last)
        went = select(outgoing.c.route, outgoing.c.state, outgoing.c.segments, outgoing.c.handed_at.is_not(None)).where(
            outgoing.c.created_at >= first, outgoing.c.created_at < last
        )
        made = select(func.count()).select_from(TicketRow)
        closed = made.where(
            TicketRow.state == TicketState.DONE, TicketRow.changed_at >= begin, TicketRow.changed_at < end
        )
        answers = self._answers(day)
        rated = select(TicketRow.rating).where(TicketRow.rated_at >= begin, TicketRow.rated_at < end)
        with self._database.reading() as session:
            states = Counter(session.scalars(came))
            routes: dict[str, RouteDay] = defaultdict(RouteDay)
            paid = 0
            for (route, state, segments, was_handed), count in Counter(session.execute(went).tuples()).items():
                paid += segments * count if was_handed else 0
                one, is_out = routes[route or "-"], state in {"handed", "delivered"}
                routes[route or "-"] = RouteDay(
                    one.messages + (count if is_out else 0),
                    one.segments + (segments * count if is_out else 0),
                    one.delivered + (count if state == "delivered" else 0),
                    one.failed + (count if state in {"failed", "expired"} else 0),
                )
            asked = select(LookUpRow.outcome, func.count()).where(LookUpRow.at >= begin, LookUpRow.at < end)
            looked_up = dict(session.execute(asked.group_by(LookUpRow.outcome)).tuples().all())
            # A number tells of no commune; what its owner reported last does.
            commune = (
                select(TicketRow.commune)
                .where(TicketRow.person == outgoing.c.person, TicketRow.commune.is_not(None))
                .order_by(TicketRow.created_at.desc())
                .limit(1)
                .scalar_subquery()
            )
            placed = select(commune.label("commune"), outgoing.c.segments).where(
                outgoing.c.created_at >= first,
                outgoing.c.created_at < last,
                outgoing.c.state.in_(("handed", "delivered")),
                outgoing.c.person != "",
            )
            by_commune: Counter[str] = Counter()
            for code, segments in session.execute(placed):
                if code is not None:
                    by_commune[code] += segments
            return Day(
                day=day,
                look_ups=looked_up,
                communes=dict(by_commune),
                received=sum(states.values()),
                ignored=states.get("ignored", 0),
                not_answered=states.get("failed", 0),
                routes=dict(routes),
                tickets=int(session.scalar(made.where(TicketRow.created_at >= begin, TicketRow.created_at < end)) or 0),
                closed=int(session.scalar(closed) or 0),
                turns=self._turns(day),
                ratings=dict(Counter(one for one in session.scalars(rated) if one is not None)),
                paid=paid,
                answers=answers,
            )

    def _answers(self, day: date) -> Answers:
        begin, end = _midnight(day), _midnight(day + timedelta(days=1))
        given = select(TicketRow.created_at, TicketRow.due_at, TicketRow.answered_at).where(
            TicketRow.answered_at >= begin, TicketRow.answered_at < end
        )
        with self._database.reading() as session:
            rows = session.execute(given).tuples().all()
        promised = [answered <= due for _, due, answered in rows if due is not None and answered is not None]
        taken = (answered - made for made, _, answered in rows if answered is not None)
        minutes = Counter(max(0, round(one.total_seconds() / 60)) for one in taken)
        return Answers(len(promised), sum(promised), dict(minutes))

    def _today(self) -> date:
        return self._clock().astimezone(VIETNAM).date()


_DAY: Final = TypeAdapter(Day)


def _settled_at(day: date) -> datetime:
    """From when on nothing changes what was counted on a day."""
    return _midnight(day + timedelta(days=1)) + SETTLED_AFTER


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


COLUMNS: Final = (
    *("day", "received", "ignored", "not_answered", "sent", "segments", "delivered", "failed", "tickets", "closed"),
    *("talks", "answered", "asked_back", "refused", "handed_over", "turns_failed", "ratings", "ratings_bad"),
)
"""Of an export, in their order."""


def table(days: Sequence[Day]) -> list[dict[str, object]]:
    """The days as rows of an export."""
    return [
        {
            "day": one.day.isoformat(),
            "received": one.received,
            "ignored": one.ignored,
            "not_answered": one.not_answered,
            "sent": sum(route.messages for route in one.routes.values()),
            "segments": one.segments,
            "delivered": sum(route.delivered for route in one.routes.values()),
            "failed": sum(route.failed for route in one.routes.values()),
            "tickets": one.tickets,
            "closed": one.closed,
            "talks": total([one])["talks"],
            "answered": total([one])[Went.ANSWERED],
            "asked_back": total([one])[Went.ASKED_BACK],
            "refused": total([one])[Went.REFUSED],
            "handed_over": total([one])[Went.HANDED_OVER],
            "turns_failed": total([one])[Went.FAILED],
            "ratings": sum(one.ratings.values()),
            "ratings_bad": one.ratings.get(Rating.BAD, 0),
        }
        for one in days
    ]


def total(days: Sequence[Day], channel: str = "") -> Counter[str]:
    """Turns of some days by how they went, with ``talks`` for conversations; of one channel, or of all."""
    found: Counter[str] = Counter()
    for day in days:
        for name, count in day.turns.items():
            where, _, how = name.partition(" ")
            if where not in {ASKED, CALL} and channel in {"", where}:
                found[how] += count
    return found


def calls(days: Sequence[Day]) -> Counter[str]:
    """What was counted of calls; see :meth:`channels.phone.calls.figures.CallFigures.ended`."""
    found: Counter[str] = Counter()
    for day in days:
        for name, count in day.turns.items():
            where, _, what = name.partition(" ")
            if where == CALL:
                found[what] += count
    return found


def look_ups(days: Sequence[Day]) -> Counter[str]:
    """Look-ups of some days by outcome."""
    found: Counter[str] = Counter()
    for day in days:
        found.update(day.look_ups)
    return found


def route_table(days: Sequence[Day], cost: Callable[[int], float]) -> list[dict[str, object]]:
    """Routes day by day, as rows of an export."""
    return [
        {
            "day": day.day.isoformat(),
            "route": name,
            "messages": one.messages,
            "segments": one.segments,
            "cost": round(cost(one.segments)),
            "delivered": one.delivered,
            "failed": one.failed,
        }
        for day in days
        for name, one in sorted(day.routes.items())
    ]


ROUTE_COLUMNS: Final = ("day", "route", "messages", "segments", "cost", "delivered", "failed")


def segments_by_commune(days: Sequence[Day]) -> Counter[str]:
    """Segments by code of a commune, those to people whose commune is not known under an empty one."""
    found: Counter[str] = Counter()
    for day in days:
        found.update(day.communes)
        found[""] += max(0, day.segments - sum(day.communes.values()))
    return found


def commune_table(days: Sequence[Day], cost: Callable[[int], float]) -> list[dict[str, object]]:
    """Communes day by day, as rows of an export; segments to people whose commune is not known stand without a code."""
    rows = []
    for day in days:
        rows += [
            {
                "day": day.day.isoformat(),
                "commune": code,
                "name": communes()[code].name if code in communes() else "",
                "segments": segments,
                "cost": round(cost(segments)),
            }
            for code, segments in sorted(segments_by_commune([day]).items())
            if segments
        ]
    return rows


COMMUNE_COLUMNS: Final = ("day", "commune", "name", "segments", "cost")


def asked_most(days: Sequence[Day]) -> list[tuple[str, int]]:
    """Codes of procedures with how many turns were about them, the most asked first."""
    found: Counter[str] = Counter()
    for day in days:
        for name, count in day.turns.items():
            where, _, code = name.partition(" ")
            if where == ASKED:
                found[code] += count
    return found.most_common()


SMALLEST: Final = 10
"""Counts below it could tell of single people in a small commune; they are not told to everybody."""


def month_table(days: Sequence[Day]) -> list[dict[str, object]]:
    """Whole months as everybody may read them: a count below :data:`SMALLEST` is left out (None).

    Small counts are left out of each column for themselves; no column is the sum of others, so none can be worked out.
    """
    months: dict[str, list[Day]] = defaultdict(list)
    for one in days:
        months[f"{one.day:%Y-%m}"].append(one)
    return [
        {
            "month": month,
            **{
                name: count if count >= SMALLEST else None
                for name, count in (
                    ("messages", sum(one.received for one in within)),
                    ("conversations", total(within)["talks"]),
                    ("tickets", sum(one.tickets for one in within)),
                    ("ratings", sum(sum(one.ratings.values()) for one in within)),
                )
            },
        }
        for month, within in sorted(months.items(), reverse=True)
    ]


MONTH_COLUMNS: Final = ("month", "messages", "conversations", "tickets", "ratings")
