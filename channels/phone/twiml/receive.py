"""``POST /voice/twilio``, ``/voice/twilio/...``: a call comes in, what to do next goes back as TwiML."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request
from redis import RedisError

from channels.errors import Problem
from channels.openapi import PROVIDER, TWIML, described
from channels.phone.dialogue.call import CallDialogue
from channels.phone.dialogue.carrier_protocol import CallStarted, HungUp, Input
from channels.phone.stream_tokens import StreamedCall, StreamTokens
from channels.phone.twiml.form import CALL_FIELDS, CallForm, FormError, read_call, read_dialled, read_input
from channels.phone.twiml.render import Addresses, Voices, render, stream
from channels.twilio.caller import ProviderCheck
from runtime import logs
from runtime.settings import Settings

_LONGEST_NUMBER: Final = 6

_log = logs.get(__name__)


def blueprint(dialogue: CallDialogue, tokens: StreamTokens, provider: ProviderCheck, settings: Settings) -> Blueprint:
    """The provider's addresses; they let nobody in but the provider."""
    voice = Blueprint("voice_twilio", __name__)
    public_url = str(settings.public_url).rstrip("/") if settings.public_url else None
    addresses = Addresses(public_url or "")
    voices = Voices(settings.twilio_voice_names)

    def signed_call() -> CallForm:
        provider.let_in(request)
        try:
            return read_call(request.form)
        except FormError as error:
            _log.warning("voice webhook without a usable form", cause=str(error))
            raise Problem(400, "bad_form", str(error)) from None

    def moved(call: CallForm, given: Input) -> Response:
        try:
            move = dialogue.step(call.id, given, _sequence())
            return _twiml(render(move, voices, addresses))
        except Exception:
            # A stack trace would be an "application error" in the caller's ear; this call ends, others go on.
            _log.exception("a call failed")
            return _twiml(render(dialogue.trouble(call.id, given), voices, addresses))

    def streaming(call: CallForm) -> Response | None:
        try:
            one_time = tokens.issue(StreamedCall(call.id, call.caller))
        except RedisError as error:
            _log.error("no token for a stream", cause=type(error).__name__)
            return None
        return _twiml(stream(_stream_address(public_url), one_time, addresses))

    @voice.post("/voice/twilio")
    @described("A call that begins.", form=CALL_FIELDS, required=1, media=TWIML, security=PROVIDER)
    def started() -> Response:
        call = signed_call()
        if call.is_over:
            # A call of no length: over before anybody said anything.
            return moved(call, HungUp())
        handed = streaming(call) if settings.voice_stream else None
        return handed or moved(call, CallStarted(call.caller))

    @voice.post("/voice/twilio/streamed")
    @described("A call whose media stream has ended.", form=CALL_FIELDS, required=1, media=TWIML, security=PROVIDER)
    def streamed() -> Response:
        # The dialogue goes on where the stream left it: with a transfer it asked for, or, when the stream broke or
        # never began, with keys and the provider's own recogniser.
        call = signed_call()
        return moved(call, HungUp() if call.is_over else CallStarted(call.caller))

    @voice.post("/voice/twilio/turn")
    @described("Keys or words of a caller.", form=CALL_FIELDS, required=1, media=TWIML, security=PROVIDER)
    def turn() -> Response:
        call = signed_call()
        return moved(call, read_input(request.form))

    @voice.post("/voice/twilio/dialled")
    @described("A transfer that has ended.", form=CALL_FIELDS, required=1, media=TWIML, security=PROVIDER)
    def dialled() -> Response:
        call = signed_call()
        return moved(call, read_dialled(request.form))

    @voice.post("/voice/twilio/status")
    @described("What becomes of a call.", form=CALL_FIELDS, required=1, status=204, security=PROVIDER)
    def status() -> Response:
        call = signed_call()
        if call.is_over:
            dialogue.step(call.id, HungUp())
        return Response(status=204)

    return voice


def _sequence() -> int | None:
    """Number of the move this request answers, as it stands in the address."""
    written = request.args.get("n", "")
    return int(written) if written.isascii() and written.isdigit() and len(written) <= _LONGEST_NUMBER else None


def _stream_address(public_url: str | None) -> str:
    base = public_url or request.host_url.rstrip("/")
    return "ws" + base.removeprefix("http") + "/voice/stream"


def _twiml(document: str) -> Response:
    return Response(document, content_type="text/xml; charset=utf-8")
