"""``POST /sms/twilio``: a citizen's text message comes in, the answer goes back in the response as TwiML."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, request
from twilio.twiml.messaging_response import MessagingResponse

from assistant import clock, logs
from assistant.reply import Reply, ReplyKind
from assistant.settings import Settings
from assistant.turn import Channel, Turn
from channels.callers import Callers
from channels.cleaning import clean_text
from channels.conversing import Conversing, trouble
from channels.core_client import CoreError
from channels.errors import Problem
from channels.metrics import Metrics
from channels.rendering import Rendered, render_all
from channels.repeats import Repeats
from channels.sms.messages import IncomingMessage
from channels.sms.sender import subscriber_of
from channels.sms.twilio.form import FormError, read_message
from channels.sms.twilio.signature import SignatureCheck
from channels.words import DEFAULT_LANGUAGE, words
from stores.sealing import Seal

PROVIDER = "twilio"

_log = logs.get(__name__)


class TwilioMessages:
    """Answers incoming messages of one provider account."""

    def __init__(self, conversing: Conversing, repeats: Repeats, seal: Seal, settings: Settings) -> None:
        self._conversing = conversing
        self._repeats = repeats
        self._seal = seal
        self._settings = settings

    def answer(self, message: IncomingMessage) -> tuple[Rendered, ...] | None:
        """The messages to send back; None when the provider has delivered this one before.

        A failure releases the message, so that the provider's next try is answered.
        """
        if not self._repeats.take(PROVIDER, message.provider_id or ""):
            return None
        try:
            return self._first_answer(message)
        except BaseException:
            self._repeats.give_back(PROVIDER, message.provider_id or "")
            raise

    def _first_answer(self, message: IncomingMessage) -> tuple[Rendered, ...]:
        subscriber = subscriber_of(message.sender)
        if subscriber is None:
            # Answering a short code or a brand name may start two machines talking to each other.
            _log.info("no answer to a sender that is no telephone")
            return ()
        if message.is_media_only:
            return render_all([_media_only()], Channel.SMS, self._settings)
        conversation = "sms:" + self._seal.hash("sms", subscriber)
        turn = Turn(channel=Channel.SMS, conversation=conversation, text=clean_text(message.body))
        try:
            return self._conversing.turn(turn).replies
        except CoreError:
            return trouble(Channel.SMS, self._settings).replies


def blueprint(messages: TwilioMessages, settings: Settings, callers: Callers, metrics: Metrics) -> Blueprint:
    """The provider's address."""
    webhook = Blueprint("sms_twilio", __name__)
    token = settings.twilio_token()
    public_url = str(settings.public_url) if settings.public_url else None
    check = SignatureCheck(token, public_url, callers) if token else None

    @webhook.post("/sms/twilio")
    def incoming() -> Response:
        if check is None:
            raise Problem(
                503,
                "not_set_up",
                "this server has no webhook token: its operator sets MOTCUA_TWILIO_AUTH_TOKEN",
            )
        if not check.is_valid(request):
            metrics.bad_signature(PROVIDER)
            raise Problem(
                403,
                "bad_signature",
                "the signature fits neither MOTCUA_PUBLIC_URL nor the Host of the request with our token",
            )
        try:
            message = read_message(request.form, clock.now())
        except FormError as error:
            raise Problem(400, "bad_form", str(error)) from None
        replies = messages.answer(message)
        if replies is None:
            metrics.repeat_dropped(PROVIDER)
        return _twiml([reply.text for reply in replies or () if reply.text])

    return webhook


def _media_only() -> Reply:
    return Reply(
        kind=ReplyKind.NOTICE,
        short=words().text(DEFAULT_LANGUAGE, "media_only"),
        next_step=words().text(DEFAULT_LANGUAGE, "media_only_next"),
    )


def _twiml(texts: Sequence[str]) -> Response:
    document = MessagingResponse()
    for text in texts:
        document.message(text)
    return Response(document.to_xml(), content_type="text/xml; charset=utf-8")
