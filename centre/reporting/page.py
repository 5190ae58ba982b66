"""``/phan-anh``: report a problem with words, place and photo; look at what became of it. No account, no cookie."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from centre.drawn_map import NO_TILES, Tiles, draw, middles
from centre.exporting import as_csv
from centre.figures import MONTH_COLUMNS, SMALLEST
from centre.open311.asking import Fault, description, in_language, one, phone, position
from centre.open311.services import services
from centre.photos import LARGEST_FILE, NoPhoto, Photos
from channels.body_sizes import LARGEST_WITH_PHOTO, MAX_BODY
from contract.wording import wording_of
from language import data
from language.languages import installed
from runtime.clock import VIETNAM
from tickets.numbers import grouped, is_number
from tickets.reports import NewReport, Report, Reports

SHORTEST: Final = 10
"""Signs of a description; "hỏng" alone helps nobody."""
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class ReportingParts:
    """What the page works with."""

    reports: Reports
    photos: Photos
    address_of: Callable[[], str]
    """Where the present request comes from, as limits count it."""
    may_report: Callable[[str], bool]
    """Whether somebody at this network address may report once more now."""
    may_send_photo: Callable[[str], bool]
    """The same of one more report that is larger than words alone."""
    clock: Callable[[], datetime]
    jurisdiction: str = ""
    province: str = ""
    """Two digits; whose communes the map shows; empty: there is no map."""
    tiles: Tiles = NO_TILES
    months: Callable[[], list[dict[str, object]]] = list
    """Whole months for everybody to read, the newest first, without small counts."""


def blueprint(parts: ReportingParts) -> Blueprint:
    """The addresses."""
    pages = Blueprint("reporting", __name__, url_prefix="/phan-anh", template_folder="templates")

    @pages.before_request
    def allow_a_photo() -> Response | None:
        # More than a photo may have: the form that refuses it comes back with what was written.
        is_report = request.endpoint == "reporting.report"
        announced = request.content_length
        request.max_content_length = LARGEST_WITH_PHOTO if is_report and announced is not None else MAX_BODY
        # Asked before anything of it is read.
        if is_report and (announced or 0) > MAX_BODY and not parts.may_send_photo(parts.address_of()):
            return asked("problem_too_many", 429, fields=False)
        return None

    @pages.after_request
    def guard(response: Response) -> Response:
        response.headers.update(_HEADERS)
        response.headers["Content-Security-Policy"] = parts.tiles.allowed_by(_HEADERS["Content-Security-Policy"])
        return response

    @pages.errorhandler(413)
    def too_large(_error: Exception) -> Response:
        return asked("problem_no_photo", 413, fields=False)

    def asked(problem: str | None = None, status: int = 200, *, fields: bool = True) -> Response:
        return _form(parts, problem, status, fields=fields)

    @pages.get("")
    def form() -> Response:
        return asked()

    @pages.post("")
    def report() -> AnyResponse:
        fields = request.form
        if one(fields, "website"):
            # A field no person sees: whoever fills it in is a machine.
            return redirect(url_for("reporting.form"), 303)
        service = services().every.get(one(fields, "service"))
        try:
            where, words = position(fields, services().area), description(fields)
        except Fault as fault:
            return asked("problem_long" if fault.key == "description_too_long" else "problem_no_place", 400)
        if service is None or len(words) < SHORTEST:
            return asked("problem_no_words" if service else "problem_no_service", 400)
        if not parts.may_report(parts.address_of()):
            return asked("problem_too_many", 429)
        photo = request.files.get("photo")
        try:
            media = (parts.photos.keep(photo.stream.read(LARGEST_FILE + 1)),) if photo and photo.filename else ()
        except NoPhoto:
            return asked("problem_no_photo", 400)
        kept = parts.reports.add(
            NewReport(
                key=f"web:{one(fields, 'key')[:64]}" if one(fields, "key") else f"web:{secrets.token_hex(16)}",
                service=service.code,
                description=words,
                address=where.address,
                latitude=where.latitude,
                longitude=where.longitude,
                media=media,
                contact=phone(fields),
                channel="web",
                jurisdiction=parts.jurisdiction,
                language=_language(),
                moderated=service.type == "batch",
            )
        )
        # By its token: the sender learns the number of a report nobody else may see yet.
        return redirect(url_for("reporting.sent", token=kept.token, language=_language()), 303)

    @pages.get("/sent")
    def sent() -> Response:
        found = parts.reports.by_token(request.args.get("token", ""))
        if found is None:
            return _page("state.html", 404, report=None)
        return _page("state.html", 200, **_shown(found), new=True)

    @pages.get("/so-lieu")
    def open_data() -> Response:
        return _page("open_data.html", 200, months=parts.months(), smallest=SMALLEST)

    @pages.get("/so-lieu.<any(csv, json):form>")
    def open_data_file(form: str) -> Response:
        if form == "json":
            return jsonify(parts.months())
        response = make_response(as_csv(MONTH_COLUMNS, parts.months()))
        response.headers["Content-Type"] = "text/csv; charset=utf-8"
        response.headers["Content-Disposition"] = 'attachment; filename="so-lieu.csv"'
        return response

    @pages.get("/<number>")
    def state(number: str) -> Response:
        digits = "".join(number.split())
        found = parts.reports.of(digits) if is_number(digits) else None
        if found is None or not found.is_accepted:
            return _page("state.html", 404, report=None)
        return _page("state.html", 200, **_shown(found), new=False)

    return pages


def _form(parts: ReportingParts, problem: str | None, status: int, *, fields: bool) -> Response:
    given = request.form if fields else {}
    return _page(
        "form.html",
        status,
        kinds=_kinds(),
        drawn=draw(parts.province),
        places=middles(parts.province),
        tiles=parts.tiles,
        largest_photo=LARGEST_FILE,
        problem=problem,
        given=given,
        key=given.get("key") or secrets.token_hex(12),
    )


def _kinds() -> list[tuple[str, str, str]]:
    every = services().every.values()
    return [(service.code, _named(service.name), _named(service.description)) for service in every]


def _shown(found: Report) -> dict[str, object]:
    service = services().every.get(found.service)
    at, changed = (moment.astimezone(VIETNAM) for moment in (found.requested_at, found.updated_at))
    due = found.due_at.astimezone(VIETNAM) if found.due_at is not None and found.is_open else None
    state = found.outcome.value if found.outcome is not None and not found.is_open else found.state.value
    return {
        "report": found,
        "number": grouped(found.number),
        "kind": _named(service.name) if service else found.service,
        "state": _say(f"state_{state}", agency=found.agency or ""),
        "at": f"{at:%H:%M %d/%m/%Y}",
        "changed": f"{changed:%H:%M %d/%m/%Y}",
        "due": f"{due:%H:%M %d/%m/%Y}" if due is not None else "",
        "photos": [url_for("open311.photo", name=name) for name in found.media if not name.startswith("http")],
    }


def _page(template: str, status: int, **values: object) -> Response:
    every = installed()
    shown = render_template(
        f"reporting/{template}",
        say=_say,
        language=_language(),
        languages=[(tag, every[tag].name) for tag in every.offered],
        **values,
    )
    response = make_response(shown)
    response.status_code = status
    return response


def _language() -> str:
    every, asked = installed(), request.args.get("language", "")
    return asked if asked in every.offered else every.default


def _named(texts: Mapping[str, str]) -> str:
    return in_language(texts, _language())


def _say(key: str, **values: object) -> str:
    return wording_of(data.folder()).room("reporting").text(_language(), key, **values)
