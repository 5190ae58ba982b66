"""What newer records change, field by field, for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from catalogue.changed import Subject
from catalogue.freshness import Difference
from catalogue.record import Procedure
from catalogue.wording import ANSWERED_FROM_NEWER, TOLD_AS_DOUBTFUL

Meanwhile = Callable[[Procedure, Subject], str]
"""What a citizen hears about one fact until an officer has read the newer record."""

_NAMES = {
    Subject.DECISION: "quyết định",
    Subject.FEE: "lệ phí",
    Subject.TIME: "thời gian",
    Subject.PAPERS: "giấy tờ",
    Subject.AGENCY: "cơ quan",
}
_UNITS = {"working_day": "ngày làm việc", "day": "ngày", "hour": "giờ", "month": "tháng"}

NOTHING = "Không có bản mới nào chờ đọc."


def render_changes(
    found: Sequence[Difference], replaced: Sequence[tuple[Procedure, tuple[str, ...]]], meanwhile: Meanwhile
) -> str:
    """One paragraph a record: what differs, and what is said meanwhile."""
    told = []
    for one in found:
        state = ANSWERED_FROM_NEWER if one.certain else TOLD_AS_DOUBTFUL
        told.append(f"{one.told.code}  {one.told.short_name}: {state} (đọc {one.newer.checked_on:%d/%m/%Y})")
        for change in one.changes:
            told.append(f"  {_NAMES[change.subject]}: {_read(change.before)} → {_read(change.after)}")
            if change.subject is not Subject.DECISION:
                told.append(f"    người dân nghe: {meanwhile(one.told, change.subject)}")
    for procedure, codes in replaced:
        told.append(f"{procedure.code}  {procedure.short_name}: đã được thay bằng {', '.join(codes)}")
    return "\n".join(told) or NOTHING


def changes_to_json(
    found: Sequence[Difference], replaced: Sequence[tuple[Procedure, tuple[str, ...]]], meanwhile: Meanwhile
) -> dict[str, Any]:
    """The same as plain JSON values."""
    return {
        "changes": [
            {
                "code": one.told.code,
                "name": one.told.short_name,
                "certain": one.certain,
                "told_checked_on": one.told.checked_on.isoformat(),
                "newer_checked_on": one.newer.checked_on.isoformat(),
                "fields": [
                    {
                        "field": change.subject,
                        "before": change.before,
                        "after": change.after,
                        "citizens_hear": meanwhile(one.told, change.subject),
                    }
                    for change in one.changes
                ],
            }
            for one in found
        ],
        "replaced": [
            {"code": procedure.code, "name": procedure.short_name, "by": list(codes)} for procedure, codes in replaced
        ],
    }


def _read(text: str) -> str:
    for unit, said in _UNITS.items():
        text = text.replace(f" {unit}", f" {said}")
    return text or "không ghi"
