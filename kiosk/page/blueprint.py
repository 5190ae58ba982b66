"""The addresses of the page. Nothing a visitor says stands in an address, a log or a file."""

from __future__ import annotations

import threading
from dataclasses import asdict

from flask import Blueprint, Response, jsonify, request
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from channels.core_client import CoreError, CoreTimeout, CoreUnavailable
from channels.errors import Problem, problem_response
from channels.openapi import JSON, described
from contract.wishes import SwitchLanguage
from kiosk.page import requests
from kiosk.page.answers import as_json
from kiosk.page.contacting import keep_call_back, promised, shown, usable_number
from kiosk.page.files import add_files
from kiosk.page.parts import PageParts
from kiosk.page.setup import setup
from kiosk.page.sign_videos import add_sign_videos
from kiosk.page.situations import Situation, questions, read_situations
from kiosk.page.speech_body import PARTS_HEADER, WORDS_HEADER, SpeechBody
from kiosk.page.suggestions import suggestions
from kiosk.page.taking_home import add_taking_home
from kiosk.page.usage_counts import count_turn
from kiosk.page.visits import VisitOver
from language.languages import default_language
from runtime import logs
from tickets.asked import Proof, Told
from tickets.numbers import grouped, spelled

_log = logs.get(__name__)


def blueprint(parts: PageParts) -> Blueprint:
    """``/kiosk`` and everything below it."""
    page = Blueprint("kiosk", __name__, url_prefix="/kiosk")
    add_files(page, parts.fonts)
    add_taking_home(page, parts)
    add_sign_videos(page, parts.settings.kiosk_sign_videos)
    beginnings = parts.settings.number_beginnings
    situations = read_situations()
    # Reading the catalogue takes seconds on a small box: begun before the first page asks for it.
    threading.Thread(target=_read_questions, args=(parts, situations), daemon=True).start()

    @page.errorhandler(CoreError)
    @page.errorhandler(RedisError)
    def away(error: Exception) -> Response:
        # What is only starting answers the same question in a moment; the page then asks again by itself.
        is_starting = isinstance(error, (CoreUnavailable, RedisError)) and not isinstance(error, CoreTimeout)
        code = "starting" if is_starting else "core_unavailable"
        return problem_response(Problem(503, code, "no answer at the moment: try again, or see /readyz"))

    @page.errorhandler(VisitOver)
    def over(_error: Exception) -> Response:
        return problem_response(Problem(410, "visit_over", "this visit has ended: begin a new one"))

    @page.get("/api/setup")
    @described("What the page needs before anything else.", media=JSON)
    def set_up() -> Response:
        _sweep(parts)
        return jsonify(
            setup(
                parts.settings,
                situations,
                parts.catalogue,
                parts.signing,
                parts.voice.abilities(),
                sends_texts=parts.texts is not None and not parts.is_shut_out(),
                keeps_look_ups=parts.look_ups is not None and not parts.is_shut_out(),
                tells_tickets=parts.asked_tickets is not None,
                is_shut_out=parts.is_shut_out(),
            )
        )

    @page.get("/api/today")
    @described("Whose machine it is, the time, and what does not work.", media=JSON)
    def today() -> Response:
        return jsonify(parts.today.as_json())

    @page.post("/api/turn")
    @described("What a visitor said, typed or chose.", requests.TurnBody, media=JSON)
    def turn() -> Response:
        body = requests.read(requests.TurnBody)
        parts.within("kiosk_turns_visit", body.visit)
        try:
            result = parts.visits.turn(body.visit, body.text, body.event, body.wish, address=request.remote_addr)
        except (CoreError, RedisError):
            told = parts.memory.answer(body.text, body.wish, body.language)
            if told is None:
                raise
            return jsonify(as_json(told, parts.cards, parts.signing))
        count_turn(parts.usage, result)
        return jsonify(as_json(result, parts.cards, parts.signing, body.wish))

    @page.post("/api/language")
    @described("Another language for the visit.", requests.LanguageBody, media=JSON)
    def language() -> Response:
        body = requests.read(requests.LanguageBody)
        parts.visits.turn(body.visit, wish=SwitchLanguage(to=body.language))
        return jsonify(language=body.language)

    @page.post("/api/still-here")
    @described("The visit goes on.", requests.VisitBody, media=JSON)
    def still_here() -> Response:
        parts.visits.seen(requests.read(requests.VisitBody).visit)
        return jsonify(status="ok")

    @page.post("/api/end")
    @described("The visit is over; everything of it is forgotten.", requests.VisitBody, media=JSON)
    def end() -> Response:
        parts.voice.forget()
        parts.visits.end(requests.read(requests.VisitBody).visit)
        _sweep(parts)
        response = jsonify(status="ok")
        response.headers["Clear-Site-Data"] = '"cookies", "storage"'
        return response

    @page.post("/api/suggestions")
    @described("Procedures whose names fit what is being typed.", requests.TypedBody, media=JSON)
    def suggest() -> Response:
        body = requests.read(requests.TypedBody)
        found = suggestions(body.text, parts.catalogue.light())
        return jsonify([{"code": one.code, "label": one.short_name} for one in found])

    @page.post("/api/number")
    @described(
        "Whether a telephone number can be used, and how it is shown.",
        requests.NumberBody,
        media=JSON,
    )
    def number() -> Response:
        body = requests.read(requests.NumberBody)
        found = usable_number(body.number, for_text=body.for_text, beginnings=beginnings)
        return jsonify(shown=shown(found) if found else None)

    @page.post("/api/call-back")
    @described(
        "A wish to be called by an officer; answers the ticket's number.",
        requests.CallBackBody,
        media=JSON,
    )
    def call_back() -> Response:
        _refuse_when_shut_out(parts)
        body = requests.read(requests.CallBackBody)
        found = usable_number(body.number, for_text=False, beginnings=beginnings)
        if found is None:
            raise Problem(400, "bad_number", "number: must be a telephone number an officer can call")
        parts.within("kiosk_wishes_visit", body.visit, body.key)
        parts.within("kiosk_wishes_box", parts.origin, body.key)
        parts.within("call_backs_hour", "", body.key)
        tried = parts.visits.tried(body.visit)
        ticket = keep_call_back(parts.tickets, body.key, found, body.procedure, parts.origin, tried)
        kept = parts.signing.sign(promised(ticket, body.language, knows_when=parts.clock_is_right()))
        return jsonify(
            ticket=grouped(ticket.number), speech=asdict(parts.signing.sign(spelled(ticket.number))), shown=asdict(kept)
        )

    @page.post("/api/ticket")
    @described(
        "How far a ticket is, what an officer answered, and how the visitor likes it.", requests.TicketBody, media=JSON
    )
    def ticket() -> Response:
        _refuse_when_shut_out(parts)
        body = requests.read(requests.TicketBody)
        if parts.asked_tickets is None:
            raise Problem(503, "no_centre", "this machine belongs to no centre that could tell")
        parts.within("kiosk_tickets_visit", body.visit)
        parts.within("kiosk_tickets_box", parts.origin)
        proof = Proof(last4=body.last4)
        try:
            if body.rating is not None:
                told = Told(
                    body.number,
                    parts.asked_tickets.thanks(body.number, body.rating, body.language, proof, "kiosk"),
                )
            else:
                told = parts.asked_tickets.tell(body.number, body.language, proof, "kiosk")
        except ConnectionError as error:
            _log.warning("a ticket cannot be asked about", cause=str(error))
            raise Problem(503, "no_line", "the centre cannot be asked at the moment") from None
        shown = "\n".join(told.lines)
        said = shown.replace(grouped(body.number), spelled(body.number))
        return jsonify(
            shown=asdict(parts.signing.sign(shown)),
            speech=asdict(parts.signing.sign(said)),
            may_rate=told.may_rate,
            needs_proof=told.needs_proof,
        )

    @page.post("/api/look-up-later")
    @described("A dossier to be looked up when the line is back.", requests.LookUpBody, media=JSON)
    def look_up_later() -> Response:
        _refuse_when_shut_out(parts)
        body = requests.read(requests.LookUpBody)
        found = usable_number(body.number, for_text=True, beginnings=beginnings)
        if found is None or found.e164 is None:
            raise Problem(400, "bad_number", "number: must be a mobile number")
        parts.within("kiosk_wishes_visit", body.visit, body.key)
        parts.within("kiosk_wishes_box", parts.origin, body.key)
        if parts.look_ups is None:
            raise Problem(503, "no_centre", "this machine belongs to no centre that could look it up")
        try:
            parts.look_ups.status_request(body.code, body.last4, found.e164, body.language, body.key)
        except (SQLAlchemyError, ValueError) as error:
            _log.error("a look-up cannot be kept for the centre", cause=type(error).__name__)
            raise Problem(503, "not_kept", "the wish cannot be kept at the moment") from None
        return jsonify(kept=True)

    @page.post("/api/speech")
    @described("A part of a text of the server's, spoken.", SpeechBody, media="audio/ogg")
    def speech() -> Response:
        body = requests.read(SpeechBody)
        if not parts.signing.is_ours(body.text, body.token):
            raise Problem(403, "not_ours", "only texts of this server are spoken")
        sound = parts.voice.say(body.model_dump())
        if sound.status not in (200, 204):
            raise Problem(503, "no_voice", "there is no voice at the moment")
        # Nothing to hear in it: no letter and no figure.
        response = Response(sound.opus, mimetype="audio/ogg", status=sound.status)
        response.headers[PARTS_HEADER] = str(sound.parts)
        response.headers[WORDS_HEADER] = sound.words
        return response

    return page


def _read_questions(parts: PageParts, situations: tuple[Situation, ...]) -> None:
    for situation in situations:
        questions(situation, parts.catalogue, default_language())


def _refuse_when_shut_out(parts: PageParts) -> None:
    if parts.is_shut_out():
        raise Problem(403, "shut_out", "this machine takes nothing personal any more")


def _sweep(parts: PageParts) -> None:
    try:
        if parts.visits.sweep():
            parts.voice.forget()
    except RedisError as error:
        _log.warning("silent visits cannot be ended", cause=type(error).__name__)
