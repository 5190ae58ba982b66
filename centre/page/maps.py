"""What the maps of the pages show: kiosks by how they are, open reports by commune, one report's pin."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for

from centre.drawn_map import DrawnMap, Mark, draw
from centre.kiosks import Kiosk
from centre.page.access import CentreParts
from centre.page.fleet import Mood, fleet_row
from centre.page.words import say
from language.communes.register import communes
from tickets.reports import Report


def map_of_kiosks(parts: CentreParts) -> DrawnMap | None:
    """Every kiosk whose commune is known, with how it is; several of one commune are one mark, as the worst of them is.
    None where there is none.
    """
    head, now = parts.shelf.head(), parts.clock()
    here: dict[str, list[Kiosk]] = {}
    for kiosk in parts.kiosks.all():
        if kiosk.commune in communes():
            here.setdefault(kiosk.commune, []).append(kiosk)
    marks = []
    for code, boxes in here.items():
        rows = [fleet_row(kiosk, head[0] if head else 0, now) for kiosk in boxes]
        worst = max((row.state.mood for row in rows), key=list(Mood).index)
        told = "; ".join(f"{row.name}: {row.state.words}" for row in rows)
        address = url_for("centre.kiosk", id=boxes[0].id) if len(boxes) == 1 else url_for("centre.fleet")
        marks.append(_mark(code, told, worst.value, address, len(boxes)))
    return draw(parts.province, marks) if marks else None


def map_of_reports(parts: CentreParts, counts: Iterable[tuple[str, int, int]]) -> DrawnMap | None:
    """Open reports by commune.

    Args:
        parts: of the pages.
        counts: code of a commune, how many are open, and how many of these are past what was promised.
    """
    marks = [
        _mark(
            code,
            say("map_reports", count=count, late=late),
            "bad" if late else "good",
            url_for("centre.tickets", kind="report", commune=code),
            count,
        )
        for code, count, late in counts
        if code in communes()
    ]
    return draw(parts.province, marks) if marks else None


def map_of_report(report: Report | None) -> DrawnMap | None:
    """Where one report lies among the communes around it; None where it has no pin."""
    if report is None or report.latitude is None or report.longitude is None:
        return None
    return draw("", [Mark(report.latitude, report.longitude, say("map_pin"), "bad")])


def _mark(code: str, told: str, mood: str, address: str, weight: int) -> Mark:
    one = communes()[code]
    return Mark(one.latitude, one.longitude, f"{one.name}. {told}", mood, address, weight)
