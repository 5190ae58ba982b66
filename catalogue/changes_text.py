"""What newer records change, field by field, for a terminal and as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from catalogue.field_changes import Subject
from catalogue.freshness import Difference
from catalogue.record import Procedure, TimeUnit
from catalogue.wording import say

Meanwhile = Callable[[Procedure, Subject], str]
"""What a citizen hears about one fact until an officer has read the newer record."""

_UNIT = re.compile(rf" ({'|'.join(TimeUnit)})\b")


def render_changes(
    found: Sequence[Difference], replaced: Sequence[tuple[Procedure, tuple[str, ...]]], meanwhile: Meanwhile
) -> str:
    """One paragraph a record: what differs, and what is said meanwhile."""
    told = []
    for one in found:
        state = say("answered_from_newer" if one.certain else "told_as_doubtful")
        day = f"{one.newer.checked_on:%d/%m/%Y}"
        told.append(say("changed_record", code=one.told.code, name=one.told.short_name, state=state, day=day))
        for change in one.changes:
            fact = say(f"fact_{change.subject}")
            told.append(f"  {say('changed_fact', fact=fact, before=_read(change.before), after=_read(change.after))}")
            if change.subject is not Subject.DECISION:
                told.append(f"    {say('citizens_hear', said=meanwhile(one.told, change.subject))}")
    for procedure, codes in replaced:
        name = procedure.short_name
        told.append(say("replaced_record", code=procedure.code, name=name, codes=", ".join(codes)))
    return "\n".join(told) or say("no_changes")


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
    return _UNIT.sub(lambda found: f" {say(f'unit_{found[1]}')}", text) or say("not_stated")
