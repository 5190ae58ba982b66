"""The figures of the operations centre: tiles, a chart over its table, and the same for spreadsheets and programs."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from flask import Blueprint, jsonify, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from centre.alerts import alerts, thresholds
from centre.drawn_map import DrawnMap
from centre.exporting import as_csv
from centre.figures import (
    AWAY,
    COLUMNS,
    COMMUNE_COLUMNS,
    LOOKED_UP,
    NEAR_BUDGET,
    ROUTE_COLUMNS,
    Budget,
    Day,
    Figures,
    RouteDay,
    asked_most,
    calls,
    commune_table,
    look_ups,
    route_table,
    segments_by_commune,
    table,
    total,
)
from centre.open311.asking import in_language
from centre.open311.services import services
from centre.page.access import CentreParts, page, signed_in
from centre.page.fleet import Mood, fleet_row
from centre.page.inbox import commune_name
from centre.page.maps import map_of_kiosks, map_of_reports
from centre.page.words import language, say
from channels.turn_counts import Went
from contract.turn import Channel
from stores.audit import Deed

SPANS: Final = (7, 30, 90)
MOST_UNANSWERED: Final = 10
MOST_ASKED: Final = 10


def add_figures(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/figures``, ``.csv`` and ``.json``."""

    @pages.get("/figures")
    def figures() -> AnyResponse:
        officer, span = signed_in(parts), _span()
        if parts.figures is None:
            return page(parts, "figures.html", officer, span=span, spans=SPANS, days=[])
        days, desk, budget = parts.figures.days(span), parts.figures.desk(span), parts.figures.budget()
        unanswered = parts.unanswered()
        return page(
            parts,
            "figures.html",
            officer,
            span=span,
            spans=SPANS,
            days=list(reversed(table(days))),
            tiles=[
                ("", say("figure_received"), _number(sum(day.received for day in days))),
                ("", say("figure_segments"), _number(sum(day.segments for day in days))),
                ("bad" if desk.overdue else "", say("figure_overdue"), _number(desk.overdue)),
                ("", say("figure_in_time"), _share(desk.in_time)),
                ("", say("figure_median"), say("minutes", count=round(desk.median_minutes or 0))),
                (_mood(budget), say("figure_cost"), _cost(budget)),
                ("", say("figure_talks"), _number(total(days)["talks"])),
                ("", say("figure_answered"), _share(_part(total(days), Went.ANSWERED))),
                ("", say("figure_ratings"), _ratings(days)),
                ("", say("figure_unanswered"), _number(sum(times for _, times in unanswered))),
                *_kiosk_tiles(parts),
            ],
            routes=_routes(days, parts.figures.cost),
            turns=_turns(days),
            ways=[say(f"went_{how}") for how in Went],
            asked=[(parts.procedure_name(code) or code, times) for code, times in asked_most(days)[:MOST_ASKED]],
            kinds=_kinds(parts, parts.figures),
            maps=_maps(parts, parts.figures),
            looked_up=_look_ups(days),
            calls=_calls(days),
            communes=_communes(days, parts.figures),
            exports=[(what, say(f"export_{what}")) for what in _EXPORTS],
            map_tiles=parts.tiles,
            alerts=told_alerts(parts, span),
            unanswered=unanswered[:MOST_UNANSWERED],
            chart=json.dumps(_chart(days)),
        )

    @pages.get("/figures.<any(csv, json):form>")
    def export(form: str) -> AnyResponse:
        officer, span = signed_in(parts), _span()
        parts.officers.note(Deed.EXPORTED, officer.name, f"figures of {span} days, {form}")
        what = request.args.get("of", "")
        columns, rows = _EXPORTS.get(what, _EXPORTS["days"])
        found = rows(parts.figures.days(span), parts.figures) if parts.figures is not None else []
        if form == "json":
            return jsonify(found)
        response = make_response(as_csv(columns, found))
        response.headers["Content-Type"] = "text/csv; charset=utf-8"
        response.headers["Content-Disposition"] = f'attachment; filename="figures-{what or "days"}-{span}.csv"'
        return response


def _turn_rows(days: list[Day], _figures: Figures) -> list[dict[str, object]]:
    return [
        {"day": day.day.isoformat(), "channel": channel.value, **{name: counts[name] for name in _TURN_COLUMNS[2:]}}
        for day in days
        for channel in Channel
        if (counts := total([day], channel.value))
    ]


_TURN_COLUMNS: Final = ("day", "channel", "talks", *(how.value for how in Went))
_EXPORTS: Final[dict[str, tuple[Sequence[str], Callable[[list[Day], Figures], list[dict[str, object]]]]]] = {
    "days": (COLUMNS, lambda days, _figures: table(days)),
    "channels": (_TURN_COLUMNS, _turn_rows),
    "routes": (ROUTE_COLUMNS, lambda days, figures: route_table(days, figures.cost)),
    "communes": (COMMUNE_COLUMNS, lambda days, figures: commune_table(days, figures.cost)),
}
"""What can be taken away, by what stands in the address: its columns, and its rows."""


def _span() -> int:
    asked = request.args.get("days", "")
    return int(asked) if asked in {str(span) for span in SPANS} else SPANS[0]


def _routes(days: list[Day], cost: Callable[[int], float]) -> list[dict[str, object]]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for day in days:
        for name, one in day.routes.items():
            for number, value in enumerate(_fields(one)):
                sums[name][number] += value
    return [
        {
            "name": name,
            "messages": _number(messages),
            "segments": _number(segments),
            "delivered": _share(delivered / messages if messages else None),
            "failed": _number(failed),
            "cost": say("dong", amount=_number(round(cost(segments)))) if cost(1) else "-",
        }
        for name, (messages, segments, delivered, failed) in sorted(sums.items())
    ]


def _fields(one: RouteDay) -> tuple[int, int, int, int]:
    return one.messages, one.segments, one.delivered, one.failed


def _chart(days: list[Day]) -> dict[str, object]:
    return {
        "days": [f"{one.day:%d/%m}" for one in days],
        "lines": [
            {"label": say("column_received"), "values": [one.received for one in days]},
            {"label": say("column_segments"), "values": [one.segments for one in days]},
            {"label": say("column_tickets"), "values": [one.tickets for one in days]},
        ],
    }


def _kiosk_tiles(parts: CentreParts) -> list[tuple[str, str, str]]:
    head = parts.shelf.head()
    rows = [fleet_row(kiosk, head[0] if head else 0, parts.clock()) for kiosk in parts.kiosks.all()]
    well = sum(row.state.mood is Mood.GOOD and not row.blocked for row in rows)
    return [("", say("figure_kiosks"), f"{well}/{len(rows)}")] if rows else []


def _mood(budget: Budget) -> str:
    return "bad" if budget.share >= 1 else "watch" if budget.share >= NEAR_BUDGET else ""


def told_alerts(parts: CentreParts, span: int) -> list[str]:
    """What is over its threshold, in an officer's words, the gravest first."""
    if parts.figures is None:
        return []
    found = alerts(parts.figures.days(span), parts.figures.desk(span), parts.figures.budget(), thresholds())
    return [say(one.key, count=one.count) for one in found]


def _turns(days: list[Day]) -> list[dict[str, object]]:
    """How turns went on each channel; channels nobody used are left out."""
    rows = ((channel, total(days, channel.value)) for channel in Channel)
    return [
        {
            "name": say(f"channel_{channel.value}"),
            "talks": _number(counts["talks"]),
            "counts": [_number(counts[how]) for how in Went],
        }
        for channel, counts in rows
        if counts
    ]


def _look_ups(days: list[Day]) -> list[tuple[str, str, str]]:
    """How look-ups ended, with the share of each; the last column is a mood."""
    counts = look_ups(days)
    every = sum(counts.values())
    return [
        (
            say(f"looked_up_{LOOKED_UP.get(name, 'other')}"),
            f"{_number(count)} ({_share(count / every)})",
            "bad" if name == AWAY and count / every >= thresholds().away_share > 0 else "",
        )
        for name, count in counts.most_common()
    ]


def _calls(days: list[Day]) -> list[tuple[str, str]]:
    """How good calls were; nothing where there was none."""
    counts = calls(days)
    ended = sum(count for name, count in counts.items() if name.startswith("ended_"))
    if not ended + counts["refused"]:
        return []
    answers = counts["answers"]
    mean = counts["milliseconds"] / answers / 1000 if answers else 0.0
    return [
        (say("calls_ended"), _number(ended)),
        (say("calls_failed"), f"{_number(counts['ended_failed'])} ({_share(_of(counts['ended_failed'], ended))})"),
        (say("calls_refused"), _number(counts["refused"])),
        (say("calls_mean"), say("seconds", count=f"{mean:.1f}".replace(".", ",")) if answers else "-"),
        (say("calls_slow"), _share(_of(counts["slow"], answers))),
        (say("calls_interrupted"), _number(counts["interruptions"])),
    ]


def _of(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _communes(days: list[Day], figures: Figures) -> list[dict[str, str]]:
    """Segments and cost by commune, the dearest first; nothing where no commune is known."""
    sums = +segments_by_commune(days)
    if not any(sums):
        return []
    return [
        {
            "name": commune_name(code) or say("commune_unknown"),
            "segments": _number(segments),
            "cost": say("dong", amount=_number(round(figures.cost(segments)))) if figures.cost(1) else "-",
        }
        for code, segments in sums.most_common()
    ]


def _maps(parts: CentreParts, figures: Figures) -> list[tuple[str, DrawnMap]]:
    """The maps there is something on, with their titles."""
    reports = figures.fresh(("communes",), parts.reports.open_by_commune) if parts.reports is not None else []
    drawn = ((say("map_kiosks"), map_of_kiosks(parts)), (say("reports_open"), map_of_reports(parts, reports)))
    return [(title, one) for title, one in drawn if one is not None]


def _kinds(parts: CentreParts, figures: Figures) -> list[dict[str, object]]:
    every = services().every
    found = figures.fresh(("kinds",), parts.reports.open_by_kind) if parts.reports is not None else []
    return [
        {
            "name": in_language(every[one.service].name, language()) if one.service in every else say("kind_none"),
            "count": one.count,
            "late": one.late,
            "oldest": one.oldest_days,
        }
        for one in found
    ]


def _part(counts: Mapping[str, int], how: Went) -> float | None:
    whole = sum(counts[one] for one in Went)
    return counts[how] / whole if whole else None


def _ratings(days: list[Day]) -> str:
    counts = [(rating, count) for day in days for rating, count in day.ratings.items()]
    count = sum(each for _, each in counts)
    mean = sum(rating * each for rating, each in counts) / max(count, 1)
    return say("ratings_of", mean=f"{mean:.1f}".replace(".", ","), count=count) if count else "-"


def _cost(budget: Budget) -> str:
    if not budget.cost and not budget.limit:
        return say("segments_short", count=_number(budget.segments))
    cost = say("dong", amount=_number(round(budget.cost)))
    return say("of_budget", cost=cost, limit=_number(round(budget.limit))) if budget.limit else cost


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share * 100:.0f} %"


def _number(value: int) -> str:
    """As written in Vietnamese: 12.345."""
    return f"{value:,}".replace(",", ".")
