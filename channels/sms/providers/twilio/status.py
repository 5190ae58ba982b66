"""``POST /sms/twilio/status``: what became of a message we sent."""

from __future__ import annotations

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from channels.errors import Problem
from channels.sms.providers.twilio.caller import ProviderCheck
from channels.sms.providers.twilio.form import NAME, STATUS_PATH, FormError, read_receipt
from channels.sms.routes.route import Arrivals
from runtime import logs

_log = logs.get(__name__)


def blueprint(arrivals: Arrivals, check: ProviderCheck) -> Blueprint:
    """The address the provider brings receipts to; it has nothing to say back."""
    callback = Blueprint("sms_twilio_status", __name__)

    @callback.post(STATUS_PATH)
    def status() -> Response:
        check.let_in(request)
        try:
            receipt = read_receipt(request.form, request.args)
        except FormError as error:
            raise Problem(400, "bad_form", str(error)) from None
        try:
            if receipt is not None:
                arrivals.receipt(receipt)
        except SQLAlchemyError as error:
            _log.error("a receipt cannot be stored", route=NAME, cause=type(error).__name__)
            raise Problem(503, "not_stored", "the receipt could not be stored: bring it again") from None
        return Response(status=204)

    return callback
