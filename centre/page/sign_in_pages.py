"""``/centre/sign-in``: with a password kept here, or at the OpenID provider; and signing out."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from centre.officers import SESSION_FOR, Busy, CodeWanted
from centre.page import cookies
from centre.page.access import (
    COOKIE,
    CentreParts,
    Elsewhere,
    redirected,
    session_token,
    takes_passwords,
    with_form,
)
from centre.page.tries import remember_browser, tries_of, tries_of_provider
from centre.provider import BEGUN_FOR, Begun, NotTaken, ProviderAway
from centre.provider_accounts import NameTaken, NothingToDo
from runtime import logs
from stores.audit import Deed

BEGUN: Final = "motcua_begun"
_log = logs.get(__name__)


def add_sign_in(pages: Blueprint, parts: CentreParts) -> None:
    """The ways in, and the way out."""

    @pages.get("/sign-in")
    def sign_in_form() -> str:
        return _form(
            parts,
            "sign_in_ended" if request.args.get("ended") else "sign_in_welcome" if request.args.get("welcome") else "",
        )

    @pages.post("/sign-in")
    def sign_in() -> AnyResponse:
        if not takes_passwords(parts):
            return make_response(_form(parts, "sign_in_elsewhere"), 403)
        name = request.form.get("name", "")
        tries = tries_of(parts, name)
        if tries.are_used_up():
            return make_response(_form(parts, "sign_in_busy"), 429)
        try:
            token = parts.officers.sign_in(name, request.form.get("password", ""), request.form.get("code", ""))
        except CodeWanted as wanted:
            if request.form.get("code"):
                tries.count()
                if not parts.limiter.allows("sign_ins_code", wanted.officer):
                    return make_response(_form(parts, "sign_in_busy"), 429)
            return make_response(_form(parts, "sign_in_code_wanted"), 403)
        except Busy:
            return make_response(_form(parts, "sign_in_busy"), 503)
        if token is None:
            tries.count()
            return make_response(_form(parts, "sign_in_wrong"), 403)
        response = redirect(url_for("centre.home"), 303)
        _let_in(parts, response, token)
        remember_browser(parts, response, name)
        return response

    @pages.post("/sign-out")
    def sign_out() -> AnyResponse:
        # Asked first: with the session the way to the provider would be forgotten.
        left = "yes" if with_form(parts).from_provider and parts.elsewhere is not None else None
        parts.officers.sign_out(session_token(parts))
        response = redirected("sign_in_form", left=left)
        cookies.forget(response, COOKIE, parts.secure)
        # Cookies stay: that this browser is known keeps the officer from being held up by whoever guesses.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    if parts.elsewhere is not None:
        _add_provider(pages, parts, parts.elsewhere)


def _add_provider(pages: Blueprint, parts: CentreParts, elsewhere: Elsewhere) -> None:
    def come_back_to() -> str:
        return _own_address(parts) + url_for("centre.come_back")

    # A link and not a form: pages that may send forms only here (CSP form-action) are not led on by one.
    @pages.get("/sign-in/provider")
    def to_provider() -> AnyResponse:
        try:
            address, begun = elsewhere.provider.begin(come_back_to())
        except ProviderAway as error:
            return _provider_away(parts, error)
        response = redirect(address, 303)
        cookies.keep(response, BEGUN, begun.closed(elsewhere.seal), BEGUN_FOR, parts.secure, comes_back=True)
        return response

    @pages.get("/sign-in/answer")
    def come_back() -> AnyResponse:
        response = _come_back(parts, elsewhere, come_back_to())
        cookies.forget(response, BEGUN, parts.secure)
        return response

    @pages.get("/sign-in/leave")
    def leave_provider() -> AnyResponse:
        try:
            return redirect(elsewhere.provider.leaving(_own_address(parts) + url_for("centre.sign_in_form")), 303)
        except ProviderAway as error:
            return _provider_away(parts, error)

    # The provider's own server says it, with a signed token and without a browser (Back-Channel Logout 1.0).
    @pages.post("/sign-in/ended")
    def ended_there() -> AnyResponse:
        try:
            subject = elsewhere.provider.ended(request.form.get("logout_token", ""))
        except (NotTaken, ProviderAway) as error:
            _log.warning("a log-out of the OpenID provider is not taken", cause=str(error))
            return make_response({"error": "invalid_request"}, 400)
        elsewhere.accounts.end_sessions(elsewhere.provider.issuer, subject)
        return make_response("", 200)


def _come_back(parts: CentreParts, elsewhere: Elsewhere, come_back_to: str) -> AnyResponse:
    tries = tries_of_provider(parts, elsewhere.provider.issuer)
    if tries.are_used_up():
        return make_response(_form(parts, "sign_in_busy"), 429)
    try:
        begun = Begun.opened(elsewhere.seal, cookies.read(BEGUN, parts.secure), parts.clock().timestamp())
        identity = elsewhere.provider.finish(request.args, begun, come_back_to)
        token = elsewhere.accounts.sign_in(elsewhere.provider.issuer, identity)
    except ProviderAway as error:
        return _provider_away(parts, error)
    except NothingToDo:
        return make_response(_form(parts, "sign_in_no_duty"), 403)
    except NameTaken:
        return make_response(_form(parts, "sign_in_name_taken"), 409)
    except NotTaken as error:
        tries.count()
        _log.warning("a sign-in at the OpenID provider is not taken", cause=str(error))
        parts.officers.note(Deed.SIGN_IN_REFUSED, "unknown", "provider")
        return make_response(_form(parts, "sign_in_not_taken"), 403)
    if token is None:
        return make_response(_form(parts, "sign_in_no_duty"), 403)
    # A page and not a redirect: on a way that began at another site the strict cookie would not be sent along.
    response = make_response(render_template("centre/signed_in.html"))
    _let_in(parts, response, token)
    remember_browser(parts, response, elsewhere.provider.issuer)
    return response


def _provider_away(parts: CentreParts, error: ProviderAway) -> AnyResponse:
    _log.error("nobody can sign in at the OpenID provider", cause=str(error))
    return make_response(_form(parts, "sign_in_provider_away"), 503)


def _let_in(parts: CentreParts, response: AnyResponse, token: str) -> None:
    cookies.keep(response, COOKIE, token, int(SESSION_FOR.total_seconds()), parts.secure)


def _own_address(parts: CentreParts) -> str:
    return (parts.address or request.host_url).rstrip("/")


def _form(parts: CentreParts, why: str) -> str:
    return render_template(
        "centre/sign_in.html",
        why=why,
        name=request.form.get("name", ""),
        elsewhere=parts.elsewhere is not None,
        left=parts.elsewhere is not None and bool(request.args.get("left")),
        takes_passwords=takes_passwords(parts),
    )
