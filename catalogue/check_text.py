"""The check's report for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from catalogue.check import CheckReport, Finding
from catalogue.record import Origin

MOST_LINES = 15
"""Lines of a section on the terminal; JSON has them all."""

_NAME_WIDTH = 60

_FORBIDDEN = {
    "fee": "Không được nêu mức phí như một điều chắc chắn",
    "time": "Không được nêu thời hạn thiếu đơn vị",
    "law": "Phải nói rõ căn cứ có thể đã thay đổi",
}
_MISSING = {
    "papers": "Chưa có giấy tờ",
    "where": "Chưa có nơi nộp",
    "fee": "Chưa có thông tin phí",
    "phrases": "Ít cách hỏi (dưới 12 câu)",
    "short_name": "Tên gọi quá dài (trên 40 ký tự)",
    "too_long": "Câu quá dài cho tin nhắn",
}

_UNTOLD = {
    "fee": "Trả lời về lệ phí chưa cho người dân biết gì để làm theo",
    "time": "Trả lời về thời gian chưa cho người dân biết bao lâu",
}


def render_text(report: CheckReport) -> str:
    """The report as a table for a terminal, what needs an author's hand first."""
    return "\n".join(_told(report))


def _told(report: CheckReport) -> Iterator[str]:
    yield (
        f"Danh mục ngày {report.checked_on:%d/%m/%Y}: {report.handwritten} thủ tục viết tay, "
        f"{report.imported} thủ tục nhập từ nguồn công bố"
    )
    yield from _lines_of("Tệp có lỗi", [str(problem) for problem in report.problems])
    yield from _section("Phí viết tay bị cờ của chính hồ sơ chặn lại", report.overruled)
    yield from _section("Có bản mới hơn, cần cán bộ đọc (`motcua catalogue changes`)", report.differences)
    yield from _section(f"Quá {report.stale_after_days} ngày chưa kiểm tra lại", report.stale)
    yield from _section("Mức phí đã hoặc sắp hết hạn", report.expiring)
    yield from _section("Đã bị thay thế (bởi mã)", report.superseded)
    for what, findings in report.untold.items():
        yield from _section(_UNTOLD[what], findings)
    for what, findings in report.flagged.items():
        yield from _section(_FORBIDDEN[what], findings)
    for what, findings in report.incomplete.items():
        yield from _section(_MISSING[what], findings)
    yield from _lines_of(
        "Cùng một cách hỏi ở nhiều thủ tục",
        [f"“{duplicate.phrase}”: {', '.join(duplicate.codes)}" for duplicate in report.duplicates],
    )
    yield from _lines_of(
        "Thay đổi pháp luật được báo trước",
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
    yield from _lines_of(title, rows, f"{len(findings)}, trong đó {written} viết tay (*)" if written else None)


def _lines_of(title: str, rows: Sequence[str], count: str | None = None) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield f"{title}: {count or len(rows)}"
    yield from (f"  {row}" for row in rows[:MOST_LINES])
    if len(rows) > MOST_LINES:
        yield f"  … và {len(rows) - MOST_LINES} dòng nữa"


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
                "what": problem.what,
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
        "differences": _plain(report.differences),
        "untold": {what: _plain(findings) for what, findings in report.untold.items()},
        "law_changes": [notice.model_dump(mode="json", exclude={"kind"}) for notice in report.law_changes],
    }


def _plain(findings: Sequence[Finding]) -> list[dict[str, str]]:
    return [
        {"code": finding.code, "name": finding.name, "origin": finding.origin.value, "detail": finding.detail}
        for finding in findings
    ]
