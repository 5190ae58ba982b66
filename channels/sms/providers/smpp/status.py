"""``/sms/kannel/status``: Kannel reports what became of a message we sent (delivery receipt)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from channels.openapi import KANNEL, described
from channels.sms.providers.smpp.caller import KannelCheck
from channels.sms.providers.smpp.form import STATUS_PATH, read_receipt
from channels.sms.providers.smpp.tables import ROUTE
from channels.sms.providers.webhook import clear_answers
from channels.sms.routes.route import Arrivals


def blueprint(arrivals: Arrivals, check: KannelCheck) -> Blueprint:
    """The address Kannel reports to; it answers with nothing."""
    webhook = Blueprint("sms_smpp_status", __name__)

    # Kannel knows no other way than GET.
    @webhook.route(STATUS_PATH, methods=["GET", "POST"])
    @described("A delivery receipt of Kannel's.", media="text/plain", security=KANNEL)
    def status() -> Response:
        check.let_in(request)
        with clear_answers(ROUTE, "receipt"):
            arrivals.receipt(read_receipt(request.values))
        return Response("", content_type="text/plain; charset=utf-8")

    return webhook
