"""``POST /sms/kannel``: a citizen's text message comes in.

Answers with nothing: what Kannel finds in an answer it would send on, without its diacritics.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, request

from channels.metrics import Metrics
from channels.openapi import KANNEL, described
from channels.sms.providers.smpp.caller import KannelCheck
from channels.sms.providers.smpp.form import MESSAGE_PATH, read_message
from channels.sms.providers.smpp.tables import ROUTE
from channels.sms.providers.webhook import clear_answers
from channels.sms.routes.route import Arrivals


def blueprint(arrivals: Arrivals, check: KannelCheck, metrics: Metrics, now: Callable[[], datetime]) -> Blueprint:
    """The address Kannel brings messages to."""
    webhook = Blueprint("sms_smpp", __name__)

    @webhook.post(MESSAGE_PATH)
    @described("A message of a citizen, as Kannel's post-url brings it.", media="text/plain", security=KANNEL)
    def incoming() -> Response:
        check.let_in(request)
        with clear_answers(ROUTE, "message"):
            is_new = arrivals.message(read_message(request.headers, request.args, request.get_data(), now()))
        if not is_new:
            metrics.repeat_dropped(ROUTE)
        return Response("", content_type="text/plain; charset=utf-8")

    return webhook
