"""News for open pages: server-sent events that end at once.

A stream that stays open would hold a thread of the gateway, and text messages need them. So each answer says what there
is, names the time until the browser asks again (the ``retry`` field of the standard), and ends; the browser's
``EventSource`` does the rest.
"""

from __future__ import annotations

import json
from typing import Final

from flask import Blueprint, Response

from centre.officers import Duty
from centre.page.access import CentreParts, signed_in

AGAIN: Final = 4000
"""Milliseconds until a page asks again."""


def add_events(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/events``."""

    @pages.get("/events")
    def events() -> Response:
        signed_in(parts, Duty.TICKETS)
        changed, open_ = parts.tickets.latest_change()
        data = json.dumps({"changed": changed.isoformat() if changed else "", "open": open_})
        body = f"retry: {AGAIN}\nevent: tickets\ndata: {data}\n\n"
        return Response(body, content_type="text/event-stream; charset=utf-8")
