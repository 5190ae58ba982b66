"""``/centre``: sign-in, and the pages of those signed in. They work without scripts; every change is a form with a key
of its session.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from centre.officers import SESSION_FOR, Busy, CodeWanted
from centre.page.access import COOKIE, CentreParts, redirected, refuse_other_sites, with_form
from centre.page.disagreement_pages import add_disagreements
from centre.page.events import add_events
from centre.page.figures_pages import add_figures
from centre.page.fleet_pages import add_fleet
from centre.page.fonts import add_fonts
from centre.page.home import add_home, links
from centre.page.officer_pages import add_officers
from centre.page.service_pages import add_service
from centre.page.ticket_pages import add_tickets
from centre.page.tries import KNOWN, KNOWN_FOR, tries_of
from centre.page.words import language, say

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; font-src 'self'; media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def blueprint(parts: CentreParts) -> Blueprint:
    """The pages."""
    pages = Blueprint("centre", __name__, url_prefix="/centre", template_folder="templates", static_folder="static")
    add_home(pages, parts)
    add_fleet(pages, parts)
    add_tickets(pages, parts)
    add_events(pages, parts)
    add_figures(pages, parts)
    add_disagreements(pages, parts)
    add_officers(pages, parts)
    add_service(pages, parts)
    add_fonts(pages, parts.fonts)

    @pages.context_processor
    def wording() -> dict[str, object]:
        return {"say": say, "language": language(), "links": links}

    @pages.before_request
    def guard_forms() -> None:
        if request.method == "POST":
            refuse_other_sites()

    @pages.after_request
    def guard(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    @pages.get("/sign-in")
    def sign_in_form() -> str:
        return _sign_in("ended" if request.args.get("ended") else "welcome" if request.args.get("welcome") else "")

    @pages.post("/sign-in")
    def sign_in() -> AnyResponse:
        name = request.form.get("name", "")
        tries = tries_of(parts, name)
        if tries.are_used_up():
            return make_response(_sign_in("busy"), 429)
        try:
            token = parts.officers.sign_in(name, request.form.get("password", ""), request.form.get("code", ""))
        except CodeWanted as wanted:
            if request.form.get("code"):
                tries.count()
                if not parts.limiter.allows("sign_ins_code", wanted.officer):
                    return make_response(_sign_in("busy"), 429)
            return make_response(_sign_in("code"), 403)
        except Busy:
            return make_response(_sign_in("busy"), 503)
        if token is None:
            tries.count()
            return make_response(_sign_in("wrong"), 403)
        response = redirect(url_for("centre.home"), 303)
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(SESSION_FOR.total_seconds()),
            path="/centre",
            httponly=True,
            samesite="Strict",
            secure=parts.secure or request.is_secure,
        )
        response.set_cookie(
            KNOWN,
            parts.officers.known_browser(name),
            max_age=int(KNOWN_FOR.total_seconds()),
            path="/centre/sign-in",
            httponly=True,
            samesite="Strict",
            secure=parts.secure or request.is_secure,
        )
        return response

    @pages.post("/sign-out")
    def sign_out() -> AnyResponse:
        with_form(parts)
        parts.officers.sign_out(request.cookies.get(COOKIE, ""))
        response = redirected("sign_in_form")
        response.delete_cookie(COOKIE, path="/centre")
        return response

    return pages


def _sign_in(why: str) -> str:
    return render_template("centre/sign_in.html", why=why, name=request.form.get("name", ""))
