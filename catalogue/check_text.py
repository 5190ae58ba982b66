"""The check's report for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from catalogue.check import FEWEST_PHRASES, LONGEST_SHORT_NAME, CheckReport, Finding
from catalogue.record import Origin
from catalogue.wording import say

MOST_LINES = 15
"""Lines of a section on the terminal; JSON has them all."""

_NAME_WIDTH = 60


def render_text(report: CheckReport) -> str:
    """The report as a table for a terminal, what needs an author's hand first."""
    return "\n".join(_told(report))


def _told(report: CheckReport) -> Iterator[str]:
    day = f"{report.checked_on:%d/%m/%Y}"
    yield say("check_title", day=day, handwritten=report.handwritten, imported=report.imported)
    yield from _lines_of(say("check_problems"), [str(problem) for problem in report.problems])
    yield from _section(say("check_overruled"), report.overruled)
    yield from _section(say("check_differences"), report.differences)
    yield from _section(say("check_stale", days=report.stale_after_days), report.stale)
    yield from _section(say("check_expiring"), report.expiring)
    yield from _lines_of(say("check_ending"), [f"{one.last_day:%d/%m/%Y}  {one.name}" for one in report.ending])
    yield from _section(say("check_superseded"), report.superseded)
    for what, findings in report.untold.items():
        yield from _section(say(f"untold_{what}"), findings)
    for what, findings in report.flagged.items():
        yield from _section(say(f"forbidden_{what}"), findings)
    for what, findings in report.incomplete.items():
        yield from _section(say(f"missing_{what}", fewest=FEWEST_PHRASES, longest=LONGEST_SHORT_NAME), findings)
    yield from _lines_of(
        say("check_duplicates"),
        [say("check_duplicate", phrase=one.phrase, codes=", ".join(one.codes)) for one in report.duplicates],
    )
    yield from _lines_of(
        say("check_law_changes"),
        [
            f"{notice.what} [{' '.join(notice.old)} → {' '.join(notice.new) or '?'}] ({notice.certainty})"
            for notice in report.law_changes
        ],
    )


def _section(title: str, findings: Sequence[Finding]) -> Iterator[str]:
    ordered = sorted(findings, key=lambda finding: (finding.origin is Origin.IMPORTED, finding.code))
    written = sum(finding.origin is Origin.HANDWRITTEN for finding in findings)
    rows = []
    for finding in ordered:
        name = finding.name if len(finding.name) <= _NAME_WIDTH else finding.name[: _NAME_WIDTH - 1] + "…"
        mark = "*" if finding.origin is Origin.HANDWRITTEN else " "
        rows.append(f"{mark} {finding.code}  {name:<{_NAME_WIDTH}}  {finding.detail}".rstrip())
    yield from _lines_of(title, rows, say("check_count", count=len(findings), written=written) if written else None)


def _lines_of(title: str, rows: Sequence[str], count: str | None = None) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield f"{title}: {count or len(rows)}"
    yield from (f"  {row}" for row in rows[:MOST_LINES])
    if len(rows) > MOST_LINES:
        yield f"  {say('check_more', count=len(rows) - MOST_LINES)}"


def to_json(report: CheckReport) -> dict[str, Any]:
    """The whole report as plain JSON values."""
    return {
        "checked_on": report.checked_on.isoformat(),
        "stale_after_days": report.stale_after_days,
        "handwritten": report.handwritten,
        "imported": report.imported,
        "clean": report.is_clean,
        "problems": [
            {
                "file": problem.file,
                "line": problem.line,
                "field": problem.field,
                "what": str(problem.what),
                "held": problem.held,
            }
            for problem in report.problems
        ],
        "stale": _plain(report.stale),
        "flagged": {what: _plain(findings) for what, findings in report.flagged.items()},
        "overruled": _plain(report.overruled),
        "superseded": _plain(report.superseded),
        "incomplete": {what: _plain(findings) for what, findings in report.incomplete.items()},
        "duplicates": [{"phrase": one.phrase, "codes": list(one.codes)} for one in report.duplicates],
        "expiring": _plain(report.expiring),
        "ending": [{"name": one.name, "last_day": one.last_day.isoformat()} for one in report.ending],
        "differences": _plain(report.differences),
        "untold": {what: _plain(findings) for what, findings in report.untold.items()},
        "law_changes": [notice.model_dump(mode="json", exclude={"kind"}) for notice in report.law_changes],
    }


def _plain(findings: Sequence[Finding]) -> list[dict[str, str]]:
    return [
        {"code": finding.code, "name": finding.name, "origin": finding.origin.value, "detail": finding.detail}
        for finding in findings
    ]
