"""``GET /.well-known/security.txt`` (RFC 9116): where whoever finds a weakness reports it; see SECURITY.md."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Blueprint, Response

from channels.errors import Problem

BELIEVED_FOR = timedelta(days=90)
"""RFC 9116 wants a date less than a year ahead; an installation that is shut down answers no more before it."""


def blueprint(contact: str | None, clock: Callable[[], datetime]) -> Blueprint:
    """The address of the file; it does not exist while nobody has said who reads the reports.

    Args:
        contact: a ``mailto:``, ``https:`` or ``tel:`` address.
        clock: the time, with zone.
    """
    security = Blueprint("security_txt", __name__)

    @security.get("/.well-known/security.txt")
    def security_txt() -> Response:
        if contact is None:
            raise Problem(404, "not_found", "the operator has not set MOTCUA_SECURITY_CONTACT")
        expires = (clock() + BELIEVED_FOR).replace(microsecond=0).isoformat()
        return Response(f"Contact: {contact}\nExpires: {expires}\n", content_type="text/plain; charset=utf-8")

    return security
