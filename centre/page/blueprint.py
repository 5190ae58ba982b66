"""``/centre``: sign-in, kiosks, tickets. Works without scripts; every change is a form with a key of its session."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from assistant.clock import VIETNAM
from centre.enrolment import Enrolling
from centre.kiosks import Kiosks, NoSuchKiosk
from centre.officers import SESSION_FOR, Officers
from centre.page.fleet import fleet_row
from centre.publishing import Shelf
from tickets.numbers import grouped
from tickets.store import NoSuchTicket, TicketStore
from tickets.ticket import TicketKind, TicketState

COOKIE: Final = "motcua_centre"
KINDS: Final = {TicketKind.CALL_BACK: "Gọi lại", TicketKind.REPORT: "Phản ánh"}
STATES: Final = {TicketState.OPEN: "Mới", TicketState.TAKEN: "Đang xử lý", TicketState.DONE: "Xong"}

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class CentreParts:
    """What the pages work with."""

    officers: Officers
    kiosks: Kiosks
    enrolling: Enrolling
    shelf: Shelf
    tickets: TicketStore
    secure: bool
    """Whether officers come over HTTPS: then the cookie never leaves it."""
    clock: Callable[[], datetime]


def blueprint(parts: CentreParts) -> Blueprint:
    """The pages."""
    page = Blueprint("centre", __name__, url_prefix="/centre", template_folder="templates", static_folder="static")

    @page.after_request
    def guard(response: Response) -> Response:
        response.headers.extend(_HEADERS)
        return response

    @page.get("/sign-in")
    def sign_in_form() -> str:
        return render_template("centre/sign_in.html", wrong=False)

    @page.post("/sign-in")
    def sign_in() -> AnyResponse:
        token = parts.officers.sign_in(request.form.get("name", ""), request.form.get("password", ""))
        if token is None:
            return make_response(render_template("centre/sign_in.html", wrong=True), 403)
        response = redirect(url_for("centre.fleet"), 303)
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(SESSION_FOR.total_seconds()),
            path="/centre",
            httponly=True,
            samesite="Strict",
            secure=parts.secure,
        )
        return response

    @page.post("/sign-out")
    def sign_out() -> AnyResponse:
        _form(parts)
        parts.officers.sign_out(request.cookies.get(COOKIE, ""))
        response = redirect(url_for("centre.sign_in_form"), 303)
        response.delete_cookie(COOKIE, path="/centre")
        return response

    @page.get("")
    def fleet() -> AnyResponse:
        officer = _officer(parts)
        return _fleet(parts, officer) if officer else redirect(url_for("centre.sign_in_form"), 303)

    @page.post("/kiosks")
    def add_kiosk() -> AnyResponse:
        officer = _form(parts)
        name = request.form.get("name", "")
        try:
            return _fleet(parts, officer, code=parts.enrolling.new_code(name), code_for=name)
        except ValueError:
            return make_response(_fleet(parts, officer, problem="Tên trống, quá dài hoặc đã có máy dùng."), 400)

    @page.post("/kiosks/<id>/<change>")
    def change_kiosk(id: str, change: str) -> AnyResponse:
        _form(parts)
        changes = {"block": parts.kiosks.block, "unblock": parts.kiosks.unblock}
        try:
            changes[change](id)
        except (KeyError, NoSuchKiosk):
            abort(404)
        return redirect(url_for("centre.fleet"), 303)

    @page.get("/tickets")
    def tickets() -> AnyResponse:
        officer = _officer(parts)
        if officer is None:
            return redirect(url_for("centre.sign_in_form"), 303)
        wanted = request.args.get("state", "")
        state = TicketState(wanted) if wanted in {one.value for one in TicketState} else None
        rows = [
            {
                "number": ticket.number,
                "shown": grouped(ticket.number),
                "kind": KINDS[ticket.draft.kind],
                "state": STATES[ticket.state],
                "at": f"{ticket.created_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}",
                "origin": ticket.draft.origin or "trung tâm",
            }
            for ticket in parts.tickets.find(state=state, limit=200)
        ]
        return _page(parts, "tickets.html", officer, rows=rows, states=STATES, chosen=state)

    @page.post("/tickets/<number>")
    def ticket(number: str) -> AnyResponse:
        officer = _form(parts)
        try:
            # Opening is a change, too: it leaves a trace of who looked.
            move = request.form.get("state")
            found = (
                parts.tickets.move(number, TicketState(move), officer) if move else parts.tickets.open(number, officer)
            )
        except (NoSuchTicket, ValueError):
            abort(404)
        return _page(
            parts,
            "ticket.html",
            officer,
            ticket=found,
            shown=grouped(found.number),
            kind=KINDS[found.draft.kind],
            state=STATES[found.state],
            at=f"{found.created_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}",
        )

    return page


def _fleet(
    parts: CentreParts, officer: str, code: str | None = None, code_for: str = "", problem: str | None = None
) -> Response:
    offered = parts.shelf.head()
    number = offered[0] if offered else 0
    rows = [fleet_row(kiosk, number, parts.clock()) for kiosk in parts.kiosks.all()]
    return _page(parts, "fleet.html", officer, rows=rows, code=code, code_for=code_for, problem=problem, offered=number)


def _page(parts: CentreParts, template: str, officer: str, **values: object) -> Response:
    form_key = parts.officers.form_key(request.cookies.get(COOKIE, ""))
    return make_response(render_template(f"centre/{template}", officer=officer, form_key=form_key, **values))


def _officer(parts: CentreParts) -> str | None:
    token = request.cookies.get(COOKIE)
    return parts.officers.who(token) if token else None


def _form(parts: CentreParts) -> str:
    """The officer who sends a form of a page of ours; anybody else is turned away."""
    officer = _officer(parts)
    if officer is None:
        abort(403)
    expected = parts.officers.form_key(request.cookies.get(COOKIE, ""))
    if not hmac.compare_digest(expected, request.form.get("form_key", "")):
        abort(403)
    return officer
