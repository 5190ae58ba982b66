"""``POST /sms/kannel`` takes a citizen's message, ``/sms/kannel/status`` a delivery report.

Both answer with nothing: what Kannel finds in an answer it would send on, without its diacritics.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from channels.errors import Problem
from channels.metrics import Metrics
from channels.sms.providers.smpp.caller import KannelCheck
from channels.sms.providers.smpp.message import FormError, read_message
from channels.sms.providers.smpp.receipt import PATH, read_receipt
from channels.sms.providers.smpp.tables import ROUTE
from channels.sms.routes.route import Arrivals
from runtime import clock


def blueprint(arrivals: Arrivals, check: KannelCheck, metrics: Metrics) -> Blueprint:
    """Kannel's addresses."""
    webhook = Blueprint("sms_smpp", __name__)

    @webhook.before_request
    def only_kannel() -> None:
        try:
            check.let_in(request)
        except Problem as problem:
            if problem.status == 403:
                metrics.bad_signature(ROUTE)
            raise

    @webhook.post("/sms/kannel")
    def incoming() -> Response:
        try:
            message = read_message(request.headers, request.args, request.get_data(), clock.now())
        except FormError as error:
            raise Problem(400, "bad_form", str(error)) from None
        if not arrivals.message(message):
            metrics.repeat_dropped(ROUTE)
        return _nothing()

    # Kannel knows no other way than GET.
    @webhook.route(PATH, methods=["GET", "POST"])
    def status() -> Response:
        try:
            receipt = read_receipt(request.values)
        except FormError as error:
            raise Problem(400, "bad_form", str(error)) from None
        arrivals.receipt(receipt)
        return _nothing()

    return webhook


def _nothing() -> Response:
    return Response("", content_type="text/plain; charset=utf-8")
