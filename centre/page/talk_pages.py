"""Conversations behind a figure: redacted, each look noted."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, request
from werkzeug.wrappers import Response as AnyResponse

from centre.officers import Duty
from centre.page.access import AT_ONCE, CentreParts, page, page_number, signed_in
from centre.page.fleet import moment
from centre.page.words import say
from centre.talks import HOWS
from runtime.clock import VIETNAM
from stores.audit import Deed

DAYS = 30
"""Days to choose from; what is older was erased, or soon is."""


def add_talks(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/talks``."""

    @pages.get("/talks")
    def talks() -> AnyResponse:
        officer = signed_in(parts, Duty.TICKETS)
        today = parts.clock().astimezone(VIETNAM).date()
        day, state = _day(today), request.args.get("state", "")
        state = state if state in HOWS else ""
        # How many there are is known only once they were gone through.
        _, count = parts.talks.of(day, state, 0) if parts.talks is not None else ([], 0)
        number, pages_count = page_number(count)
        found, _ = parts.talks.of(day, state, AT_ONCE, (number - 1) * AT_ONCE) if parts.talks is not None else ([], 0)
        parts.officers.note(Deed.TALKS_READ, officer.name, f"{len(found)} conversations of {day.isoformat()}")
        return page(
            parts,
            "talks.html",
            officer,
            day=day.isoformat(),
            earliest=(today - timedelta(days=DAYS)).isoformat(),
            latest=today.isoformat(),
            state=state,
            states=[(one, say(f"talk_{one}")) for one in HOWS],
            talks=[
                [
                    {"at": moment(one.at), "words": one.words, "how": say(f"talk_{one.state}"), "answers": one.answers}
                    if one.state in HOWS
                    else {"at": moment(one.at), "words": one.words, "how": say("talk_waits"), "answers": one.answers}
                    for one in talk
                ]
                for talk in found
            ],
            count=count,
            number=number,
            pages_count=pages_count,
        )


def _day(today: date) -> date:
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return today
    return min(today, max(today - timedelta(days=DAYS), asked))
