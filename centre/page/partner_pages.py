"""Partner agencies: who they are, the fingerprints of their keys and ours, on and off."""

from __future__ import annotations

import re

from flask import Blueprint, Response, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from centre.exchange.line import who_is
from centre.officers import Duty, Officer
from centre.page.access import CentreParts, page, redirected, signed_in, turn_away, with_form
from centre.page.words import tell
from tickets.exchange.messages import AGENCY
from tickets.exchange.partners import BadPartner, Partners, fingerprint


def add_partners(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/partners``."""

    @pages.get("/partners")
    def partners() -> AnyResponse:
        return _partners(parts, signed_in(parts, Duty.OFFICERS))

    @pages.post("/partners")
    def change_partner() -> AnyResponse:
        officer = with_form(parts, Duty.OFFICERS)
        known, form = _known(parts, officer), request.form
        do, code = form.get("do", ""), form.get("code", "").strip().upper()
        try:
            if do == "new_key":
                known.new_key(officer.name)
            elif do == "drop_key":
                known.drop_old(officer.name)
            elif do in {"on", "off"}:
                known.switch(code, do == "on", officer.name)
            elif do == "remove":
                known.remove(code, officer.name)
            elif do == "ask":
                found = _asked(form.get("address", ""))
                return _partners(parts, officer, given=found, done=tell("asked_keys"))
            else:
                if not re.fullmatch(AGENCY, code) or code == (parts.exchange.book.own if parts.exchange else ""):
                    raise BadPartner("code")
                keys = form.get("keys", "").split()
                known.put(code, form.get("name", ""), form.get("address", ""), keys, officer.name)
        except BadPartner as error:
            given = {name: form.get(name, "") for name in ("code", "name", "address", "keys")}
            problem = tell(f"bad_partner_{error}")
            return make_response(_partners(parts, officer, given=given, problem=problem), 409)
        return redirected("partners")


def _asked(address: str) -> dict[str, str]:
    code, name, keys = who_is(address)
    for key in keys:
        try:
            fingerprint(key)
        except ValueError:
            raise BadPartner("keys") from None
    return {"code": code[:20], "name": name[:120], "address": address.strip(), "keys": "\n".join(keys[:4])}


def _known(parts: CentreParts, officer: Officer) -> Partners:
    if parts.exchange is None or not parts.exchange.book.own:
        turn_away(parts, officer, "not_found", 404)
    return parts.exchange.book.partners


def _partners(
    parts: CentreParts, officer: Officer, given: dict[str, str] | None = None, problem: str = "", done: str = ""
) -> Response:
    known = _known(parts, officer)
    exchange = parts.exchange
    return page(
        parts,
        "partners.html",
        officer,
        problem=problem,
        done=done,
        own_code=exchange.book.own if exchange is not None else "",
        own_name=exchange.name if exchange is not None else "",
        own_keys=[(key, fingerprint(key)) for key in known.public_keys()],
        rows=[(one, [fingerprint(key) for key in one.keys]) for one in known.all()],
        given=given or {},
        given_marks=_marks((given or {}).get("keys", "")),
    )


def _marks(keys: str) -> list[str]:
    found = []
    for key in keys.split():
        try:
            found.append(fingerprint(key))
        except ValueError:
            continue
    return found
