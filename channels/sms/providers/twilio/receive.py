"""``POST /sms/twilio``: a citizen's text message comes in and is stored before the provider hears that we have it.

The answer goes back in the response as TwiML when it is ready in time, else later through the outbox.

Twilio brings a message again only when it could not connect. So that it also does when we answer 5xx, its operator ends
the webhook's address with ``#rc=5&rp=all``; a fragment is not part of what is signed.
Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError
from twilio.twiml.messaging_response import MessagingResponse

from channels.errors import Problem
from channels.metrics import Metrics
from channels.sms.answering.inline_answers import InlineReply, NotAnswered
from channels.sms.providers.twilio.caller import ProviderCheck
from channels.sms.providers.twilio.form import NAME, FormError, read_message, status_address
from channels.sms.routes.messages import IncomingMessage
from runtime import clock, logs

_log = logs.get(__name__)


class Receiving(Protocol):
    """Stores messages and answers those it can at once."""

    def receive(self, message: IncomingMessage) -> InlineReply:
        """Store a message; raises SQLAlchemy's errors and :class:`NotAnswered` when the provider must come again."""
        ...


def blueprint(receiving: Receiving, check: ProviderCheck, metrics: Metrics, public_url: str | None) -> Blueprint:
    """The address the provider brings messages to.

    Args:
        receiving: takes them.
        check: lets only the provider in.
        metrics: counts repeats.
        public_url: where the provider reaches us; without it no receipts are asked for.
    """
    webhook = Blueprint("sms_twilio", __name__)

    @webhook.post("/sms/twilio")
    def incoming() -> Response:
        check.let_in(request)
        try:
            message = read_message(request.form, clock.now())
        except FormError as error:
            raise Problem(400, "bad_form", str(error)) from None
        try:
            reply = receiving.receive(message)
        except NotAnswered:
            raise Problem(503, "no_answer_yet", "the message is stored; bring it again for its answer") from None
        except SQLAlchemyError as error:
            _log.error("a message cannot be stored", route=NAME, cause=type(error).__name__)
            raise Problem(503, "not_stored", "the message could not be stored: bring it again") from None
        if reply.is_repeat:
            metrics.repeat_dropped(NAME)
        return _twiml(reply, public_url)

    return webhook


def _twiml(reply: InlineReply, public_url: str | None) -> Response:
    document = MessagingResponse()
    for index, text in enumerate(reply.texts):
        reference = reply.references[index] if index < len(reply.references) else None
        document.message(text, status_callback=status_address(public_url, reference) if reference else None)
    body = document.to_xml().encode()
    return Response(
        _written(body, reply),
        content_type="text/xml; charset=utf-8",
        headers={"Content-Length": str(len(body))},
    )


def _written(body: bytes, reply: InlineReply) -> Iterator[bytes]:
    """The body; whoever hands it to the server learns from it whether the connection bore it."""
    try:
        yield body
    except GeneratorExit:
        reply.broken()
        raise
    reply.handed()
