"""Kiosks: the table of all, one of them and its orders, enrolment, shutting out, taking another's place."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from centre.kiosks import Kiosk, NoSuchKiosk
from centre.officers import Duty, Officer
from centre.orders import NoSuchOrder
from centre.page.access import AT_ONCE, CentreParts, page, page_number, redirected, signed_in, turn_away, with_form
from centre.page.box import health_row, order_row
from centre.page.fleet import FleetRow, Mood, fleet_row
from centre.page.inbox import commune_name, communes_of
from centre.page.words import say
from kiosk.protocol.messages import OrderKind
from stores.audit import Deed

LONGEST_AGENCIES: Final = 500
"""Characters of a list of agencies; a box serves one commune, or a few."""


def add_fleet(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/kiosks``."""

    @pages.get("/kiosks")
    def fleet() -> AnyResponse:
        return _fleet(parts, signed_in(parts, Duty.KIOSKS))

    @pages.post("/kiosks")
    def add_kiosk() -> AnyResponse:
        officer = with_form(parts, Duty.KIOSKS)
        name = request.form.get("name", "").replace("\0", "")
        try:
            return _fleet(parts, officer, code=parts.enrolling.new_code(name), code_for=name)
        except ValueError:
            return make_response(_fleet(parts, officer, problem=say("bad_name")), 400)

    @pages.get("/kiosks/<id>")
    def kiosk(id: str) -> AnyResponse:
        officer = signed_in(parts, Duty.KIOSKS)
        try:
            found = parts.kiosks.get(id)
        except NoSuchKiosk:
            turn_away(parts, officer, "not_found", 404)
        return _kiosk(parts, officer, found)

    @pages.post("/kiosks/<id>/keeps")
    def keep_only(id: str) -> AnyResponse:
        officer = with_form(parts, Duty.KIOSKS)
        given = request.form.get("agencies", "")[:LONGEST_AGENCIES].replace(",", " ").replace(";", " ").upper().split()
        try:
            found = parts.kiosks.get(id)
            parts.kiosks.keep_only(id, tuple(dict.fromkeys(given)))
        except NoSuchKiosk:
            turn_away(parts, officer, "not_found", 404)
        except ValueError:
            return make_response(_kiosk(parts, officer, found, given=" ".join(given)), 400)
        parts.officers.note(Deed.KIOSK_KEEPS, officer.name, f"kiosk {id}: {' '.join(given) or 'all'}")
        return redirected("kiosk", id=id)

    @pages.post("/kiosks/<id>/place")
    def place_kiosk(id: str) -> AnyResponse:
        officer = with_form(parts, Duty.KIOSKS)
        commune = request.form.get("commune", "")
        try:
            parts.kiosks.place(id, commune)
        except (NoSuchKiosk, ValueError):
            turn_away(parts, officer, "not_found", 404)
        parts.officers.note(Deed.KIOSK_PLACED, officer.name, f"kiosk {id}: {commune or 'unknown'}")
        return redirected("kiosk", id=id)

    @pages.post("/kiosks/<id>/order")
    def order(id: str) -> AnyResponse:
        officer = with_form(parts, Duty.KIOSKS)
        try:
            parts.orders.give(parts.kiosks.get(id), OrderKind(request.form.get("kind", "")), officer.name, "centre")
        except (NoSuchKiosk, ValueError):
            turn_away(parts, officer, "not_found", 404)
        return redirected("kiosk", id=id)

    @pages.get("/kiosks/<id>/log/<order>")
    def box_log(id: str, order: str) -> AnyResponse:
        officer = signed_in(parts, Duty.KIOSKS)
        try:
            found = parts.kiosks.get(id)
            lines = parts.orders.read_log(found, order, officer.name, "centre")
        except (NoSuchKiosk, NoSuchOrder):
            turn_away(parts, officer, "not_found", 404)
        return page(parts, "box_log.html", officer, name=found.name, id=id, lines=lines)

    @pages.post("/kiosks/<id>/replace")
    def replace_kiosk(id: str) -> AnyResponse:
        officer = with_form(parts, Duty.KIOSKS)
        try:
            code = parts.enrolling.code_to_replace(id, officer.name, "centre")
        except NoSuchKiosk:
            turn_away(parts, officer, "not_found", 404)
        return _fleet(parts, officer, code=code, code_for=parts.kiosks.get(id).name)

    @pages.post("/kiosks/<id>/<change>")
    def change_kiosk(id: str, change: str) -> AnyResponse:
        officer = with_form(parts, Duty.KIOSKS)
        changes = {"block": parts.kiosks.block, "unblock": parts.kiosks.unblock, "retire": parts.kiosks.retire}
        try:
            changed = changes[change](id)
        except (KeyError, NoSuchKiosk):
            turn_away(parts, officer, "not_found", 404)
        parts.officers.note(Deed.BLOCKED, officer.name, f"kiosk {id}: {change}, key {changed.public.fingerprint}")
        return redirected("fleet") if change == "retire" else redirected("kiosk", id=id)


def _kiosk(parts: CentreParts, officer: Officer, found: Kiosk, given: str | None = None) -> Response:
    """One kiosk; ``given``: agencies that are none, to be corrected."""
    return page(
        parts,
        "kiosk.html",
        officer,
        row=fleet_row(found, _offered(parts), parts.clock()),
        days=[health_row(day) for day in parts.health.days(found.id)],
        orders=[order_row(one) for one in parts.orders.of(found)],
        kinds=list(OrderKind),
        fingerprint=found.public.fingerprint,
        commune=found.commune,
        commune_name=commune_name(found.commune),
        communes=communes_of(parts.province, found.commune),
        agencies=" ".join(found.agencies) if given is None else given,
        problem=say("keeps_bad") if given is not None else None,
    )


def _offered(parts: CentreParts) -> int:
    head = parts.shelf.head()
    return head[0] if head else 0


def _fleet(
    parts: CentreParts, officer: Officer, code: str | None = None, code_for: str = "", problem: str | None = None
) -> Response:
    offered, now = _offered(parts), parts.clock()
    every = [fleet_row(kiosk, offered, now) for kiosk in parts.kiosks.all()]
    wanted = request.args.get("name", "").strip().casefold()
    rows = sorted((row for row in every if wanted in row.name.casefold()), key=_urgency)
    number, pages = page_number(len(rows))
    return page(
        parts,
        "fleet.html",
        officer,
        rows=rows[(number - 1) * AT_ONCE : number * AT_ONCE],
        number=number,
        pages_count=pages,
        all=len(every),
        moods={mood.value: sum(row.state.mood is mood and not row.blocked for row in every) for mood in Mood},
        blocked=sum(row.blocked for row in every),
        wanted=request.args.get("name", ""),
        code=code,
        address=(parts.address or request.host_url).rstrip("/"),
        code_for=code_for,
        problem=problem,
        offered=offered,
    )


def _urgency(row: FleetRow) -> tuple[bool, int, str]:
    """Who needs a visit first; what is shut out at the end."""
    return row.blocked, -list(Mood).index(row.state.mood), row.name
