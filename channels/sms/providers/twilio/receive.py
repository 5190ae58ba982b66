"""``POST /sms/twilio``: a citizen's text message comes in and is stored before the provider hears that we have it.

The answer goes back in the response as TwiML when it is ready in time, else later through the outbox.

Twilio brings a message again only when it could not connect. So that it also does when we answer 5xx, its operator ends
the webhook's address with ``#rc=5&rp=all``; a fragment is not part of what is signed.
Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from flask import Blueprint, Response, request
from twilio.twiml.messaging_response import MessagingResponse

from channels.errors import Problem
from channels.metrics import Metrics
from channels.openapi import PROVIDER, TWIML, described
from channels.sms.answering.inline_answers import InlineReply, NotAnswered
from channels.sms.providers.provider import Receiving
from channels.sms.providers.twilio.form import MESSAGE_FIELDS, NAME, read_message, status_address
from channels.sms.providers.webhook import clear_answers
from channels.twilio.caller import ProviderCheck


def blueprint(
    receiving: Receiving, check: ProviderCheck, metrics: Metrics, public_url: str | None, now: Callable[[], datetime]
) -> Blueprint:
    """The address the provider brings messages to.

    Args:
        receiving: takes them.
        check: lets only the provider in.
        metrics: counts repeats.
        public_url: where the provider reaches us; without it no receipts are asked for.
        now: the clock.
    """
    webhook = Blueprint("sms_twilio", __name__)

    @webhook.post("/sms/twilio")
    @described(
        "A message of a citizen; the answer inside, when it is ready within two seconds.",
        form=MESSAGE_FIELDS,
        required=4,
        media=TWIML,
        security=PROVIDER,
    )
    def incoming() -> Response:
        check.let_in(request)
        with clear_answers(NAME, "message"):
            try:
                reply = receiving.receive(read_message(request.form, now()))
            except NotAnswered:
                raise Problem(503, "no_answer_yet", "the message is stored; bring it again for its answer") from None
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
