"""Officers: invited by a one-time link, given duties, sent away; and their own password and sessions."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from centre import second_factor as codes_of_app
from centre.officers import Busy, Duty, LastOfThem, Officer
from centre.page.access import CentreParts, page, redirected, session_token, signed_in, takes_passwords, with_form
from centre.page.fleet import moment
from centre.page.words import say

USUAL: Final = frozenset({Duty.TICKETS})
"""What a new officer is offered to do."""


def add_officers(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/officers``, ``/centre/account`` and ``/centre/welcome``."""

    @pages.get("/officers")
    def officers() -> AnyResponse:
        return _officers(parts, signed_in(parts, Duty.OFFICERS))

    @pages.post("/officers")
    def change_officer() -> AnyResponse:
        officer = with_form(parts, Duty.OFFICERS)
        name, do = request.form.get("name", ""), request.form.get("do", "")
        may = frozenset(duty for duty in Duty if duty.value in request.form.getlist("may"))
        try:
            if do in ("give", "invite") and _is_elsewhere(parts, name):
                # Duties and passwords of accounts kept elsewhere are changed there.
                return redirected("officers")
            if do == "invite" and takes_passwords(parts):
                key = parts.invitations.invite(name, may)
                link = (parts.address or request.host_url).rstrip("/") + url_for("centre.welcome", key=key)
                return _officers(parts, officer, link=link, invited=name)
            if do == "give":
                parts.officers.give(name, may)
            elif do == "drop-second-factor" and name != officer.name:
                parts.officers.drop_second_factor(name)
            elif do == "dismiss" and name != officer.name:
                parts.officers.dismiss(name)
        except LastOfThem:
            return make_response(_officers(parts, officer, problem=say("last_of_them")), 409)
        except ValueError:
            return make_response(_officers(parts, officer, problem=say("bad_officer")), 400)
        return redirected("officers")

    # The key stands in the query, which is never logged.
    @pages.get("/welcome")
    def welcome() -> AnyResponse:
        return _welcome(parts, request.args.get("key", ""))

    @pages.post("/welcome")
    def accept() -> AnyResponse:
        key = request.args.get("key", "")
        name, password = request.form.get("name", ""), request.form.get("password", "")
        if password != request.form.get("again", ""):
            return _welcome(parts, key, say("passwords_differ"))
        if not takes_passwords(parts):
            return _welcome(parts, key)
        try:
            accepted = parts.invitations.accept(key, name, password)
        except ValueError:
            return _welcome(parts, key, say("password_short"))
        # The sign-in follows on its own page, with everything it checks.
        return redirected("sign_in_form", welcome="yes") if accepted is not None else _welcome(parts, key)

    @pages.get("/account")
    def account() -> AnyResponse:
        return _account(parts, signed_in(parts))

    @pages.post("/account/password")
    def change_password() -> AnyResponse:
        officer, form = with_form(parts), request.form
        if form.get("password", "") != form.get("again", ""):
            return make_response(_account(parts, officer, problem=say("passwords_differ")), 400)
        try:
            done = parts.officers.change_password(session_token(parts), form.get("old", ""), form.get("password", ""))
        except ValueError:
            return make_response(_account(parts, officer, problem=say("password_short")), 400)
        except Busy:
            return make_response(_account(parts, officer, problem=say("sign_in_busy")), 503)
        if not done:
            return make_response(_account(parts, officer, problem=say("old_password_wrong")), 403)
        return _account(parts, officer, done=say("password_changed"))

    @pages.post("/account/digest")
    def choose_digest() -> AnyResponse:
        officer, form = with_form(parts), request.form
        hour = form.get("hour", "")
        if parts.digests is None:
            return redirected("account")
        try:
            parts.digests.choose(officer.name, form.get("address", "").strip(), int(hour) if hour.isdecimal() else -1)
        except ValueError:
            return make_response(_account(parts, officer, problem=say("digest_bad")), 400)
        return _account(parts, officer, done=say("digest_saved"))

    @pages.post("/account/second-factor")
    def second_factor() -> AnyResponse:
        officer, form = with_form(parts), request.form
        match form.get("do"):
            case "confirm":
                secret = form.get("secret", "")
                codes = parts.officers.turn_on_second_factor(session_token(parts), secret, form.get("code", ""))
                if codes is not None:
                    return _account(parts, officer, recovery=codes)
                if not codes_of_app.is_secret(secret):
                    return redirected("account")
                return make_response(_with_picture(parts, officer, secret, problem=say("second_factor_wrong")), 400)
            case "off":
                try:
                    done = parts.officers.turn_off_second_factor(session_token(parts), form.get("password", ""))
                except Busy:
                    return make_response(_account(parts, officer, problem=say("sign_in_busy")), 503)
                if not done:
                    return make_response(_account(parts, officer, problem=say("old_password_wrong")), 403)
                return redirected("account")
            case _:
                return _with_picture(parts, officer, codes_of_app.new_secret())

    @pages.post("/account/sessions")
    def end_session() -> AnyResponse:
        with_form(parts)
        parts.officers.end_session(session_token(parts), request.form.get("id", ""))
        return redirected("account")


def _is_elsewhere(parts: CentreParts, name: str) -> bool:
    return any(one.from_provider for one in parts.officers.all() if one.name == name)


def _officers(parts: CentreParts, officer: Officer, **values: object) -> Response:
    named = [(duty, say(f"duty_{duty.value}")) for duty in Duty]
    return page(parts, "officers.html", officer, rows=parts.officers.all(), usual=USUAL, named=named, **values)


def _account(parts: CentreParts, officer: Officer, **values: object) -> Response:
    sessions = [
        {
            "id": one.id,
            "is_this": one.is_this,
            "since": moment(one.began_at) if one.began_at else say("unknown"),
            "until": moment(one.expires_at),
        }
        for one in parts.officers.sessions(session_token(parts))
    ]
    digests = parts.digests
    return page(
        parts,
        "account.html",
        officer,
        sessions=sessions,
        digests=digests is not None,
        digests_are_sent=digests is not None and digests.are_sent,
        digest=digests.chosen(officer.name) if digests is not None else None,
        **values,
    )


def _with_picture(parts: CentreParts, officer: Officer, secret: str, **values: object) -> Response:
    return _account(parts, officer, secret=secret, picture=codes_of_app.picture(secret, officer.name), **values)


def _welcome(parts: CentreParts, key: str, problem: str | None = None) -> Response:
    invitation = parts.invitations.open(key) if takes_passwords(parts) else None
    values = {"invitation": invitation, "problem": problem, "name": request.form.get("name", "")}
    response = make_response(render_template("centre/welcome.html", **values))
    response.status_code = 404 if invitation is None else 400 if problem else 200
    return response
