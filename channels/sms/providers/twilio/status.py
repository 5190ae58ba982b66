"""``POST /sms/twilio/status``: what became of a message we sent."""

from __future__ import annotations

from flask import Blueprint, Response, request

from channels.openapi import PROVIDER, described
from channels.sms.providers.twilio.form import NAME, RECEIPT_FIELDS, STATUS_PATH, read_receipt
from channels.sms.providers.webhook import clear_answers
from channels.sms.routes.route import Arrivals
from channels.twilio.caller import ProviderCheck


def blueprint(arrivals: Arrivals, check: ProviderCheck) -> Blueprint:
    """The address the provider brings receipts to; it has nothing to say back."""
    callback = Blueprint("sms_twilio_status", __name__)

    @callback.post(STATUS_PATH)
    @described("A delivery receipt.", form=RECEIPT_FIELDS, required=2, status=204, security=PROVIDER)
    def status() -> Response:
        check.let_in(request)
        with clear_answers(NAME, "receipt"):
            receipt = read_receipt(request.form, request.args)
            if receipt is not None:
                arrivals.receipt(receipt)
        return Response(status=204)

    return callback
