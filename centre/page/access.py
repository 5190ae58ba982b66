"""Who comes to the pages: signed in (session), with the duty a page needs (authorisation), and with a form of a page of
ours (CSRF token).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, NoReturn

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from actions.dossiers.disagreements import Disagreements
from centre.catalogue_desk import CatalogueDesk
from centre.consent_desk import ConsentDesk
from centre.digest import Digests
from centre.drawn_map import NO_TILES, Tiles
from centre.enrolment import Enrolling
from centre.exchange.desk import ExchangeDesk
from centre.figures import Figures
from centre.health_history import HealthHistory
from centre.invitations import Invitations
from centre.kiosks import Kiosks
from centre.officers import Duty, Officer, Officers
from centre.one_stop import OneStop
from centre.open311.subscribers import Subscribers
from centre.orders import BoxOrders
from centre.page import cookies
from centre.provider import Provider
from centre.provider_accounts import ProviderAccounts
from centre.publishing import Shelf
from centre.set_up import Check
from centre.talks import Talks
from centre.views import Views
from centre.warning_desk import WarningDesk
from channels.sms.campaigns.campaigns import Campaigns
from contract.aspects import Aspect
from stores.limiter import Limiter
from stores.out_of_service import OutOfService
from stores.sealing import Seal
from tickets.data_rights import DataRights
from tickets.desk import Desk
from tickets.duplicates import Duplicates
from tickets.reports import Reports
from tickets.store import TicketStore

COOKIE: Final = "motcua_centre"
_SECTIONS: Final = {
    "centre.kiosk": "centre.fleet",
    "centre.add_kiosk": "centre.fleet",
    "centre.ticket": "centre.tickets",
    "centre.change_views": "centre.tickets",
    "centre.work_on_ticket": "centre.tickets",
    "centre.change_officer": "centre.officers",
    "centre.talks": "centre.figures",
    "centre.switch": "centre.service",
    "centre.recording": "centre.recordings",
    "centre.record": "centre.recordings",
    "centre.disagreements": "centre.home",
    "centre.catalogue_work": "centre.catalogue",
    "centre.procedure": "centre.catalogue",
    "centre.edit_procedure": "centre.catalogue",
    "centre.propose": "centre.catalogue",
    "centre.proposals": "centre.catalogue",
    "centre.proposal": "centre.catalogue",
    "centre.decide": "centre.catalogue",
    "centre.questions": "centre.catalogue",
    "centre.label": "centre.catalogue",
    "centre.publication": "centre.catalogue",
    "centre.publish": "centre.catalogue",
    "centre.take_consent": "centre.consents",
    "centre.make_campaign": "centre.campaigns",
    "centre.campaign": "centre.campaigns",
    "centre.work_on_campaign": "centre.campaigns",
    "centre.make_warning": "centre.warnings",
    "centre.warning": "centre.warnings",
    "centre.work_on_warning": "centre.warnings",
    "centre.take_register": "centre.warnings",
    "centre.change_subscriber": "centre.subscribers",
    "centre.opt_out_list": "centre.consents",
    "centre.new_case": "centre.exchange",
    "centre.send_case": "centre.exchange",
    "centre.case": "centre.exchange",
    "centre.work_on_case": "centre.exchange",
    "centre.import_case": "centre.exchange",
    "centre.partners": "centre.exchange",
    "centre.add_partner": "centre.exchange",
    "centre.partner": "centre.exchange",
    "centre.change_partner": "centre.exchange",
}
"""Which page of the menu a page belongs to, where it is none itself."""
_WITHOUT_SECOND_FACTOR: Final = {"centre.account", "centre.second_factor", "centre.change_password", "centre.sign_out"}
"""Pages that are open while the second factor that is required is missing."""
AT_ONCE: Final = 50
"""Rows of one page of a table."""


@dataclass(frozen=True)
class Elsewhere:
    """What signing in with accounts kept elsewhere needs."""

    provider: Provider
    accounts: ProviderAccounts
    seal: Seal
    """Closes what a browser keeps on its way there and back."""
    beside_passwords: bool
    """Whether passwords kept here are taken, too."""


@dataclass(frozen=True)
class CentreParts:
    """What the pages work with."""

    officers: Officers
    invitations: Invitations
    kiosks: Kiosks
    enrolling: Enrolling
    orders: BoxOrders
    health: HealthHistory
    shelf: Shelf
    tickets: TicketStore
    desk: Desk
    secure: bool
    """Whether officers come over HTTPS: then the cookie never leaves it."""
    clock: Callable[[], datetime]
    limiter: Limiter
    """How many wrong passwords there may be."""
    address_of: Callable[[], str]
    """Where the request being answered comes from."""
    out_of_service: OutOfService
    """The switch for everything, a channel or a procedure."""
    recordings: Path
    """Folder of the recorded sentences."""
    procedure_name: Callable[[str], str | None] = lambda _code: None
    """What a procedure is called; None where there is none of this code."""
    second_factor_required: bool = False
    """Whether passwords kept here need a code of an app, too: who has none yet may only turn it on."""
    address: str | None = None
    """Of this centre, where it is set; else as the officer's browser knows it."""
    checks: Callable[[], Sequence[Check]] = tuple
    """What the installation still needs."""
    fonts: Path | None = None
    """Folder for the fonts of the pages; None: the browser's own."""
    answer_about: Callable[[str, Aspect, str], str | None] = lambda _code, _side, _language: None
    """One side of a procedure as a text message, in a language; None where nothing is known."""
    segments: Callable[[str], int] = len
    """How many segments a text message takes."""
    figures: Figures | None = None
    """What is counted; None where nothing is."""
    unanswered: Callable[[], Sequence[tuple[str, int]]] = tuple
    """What was asked and could not be answered, without personal data, and how often; the most frequent first."""
    reports: Reports | None = None
    """The public side of reports; None where there is none."""
    talks: Talks | None = None
    """Conversations by text message; None where none are kept."""
    duplicates: Duplicates | None = None
    """Finds reports that may be about the same; None where there is no report."""
    province: str = ""
    """Two digits; whose communes are offered and drawn; empty: all."""
    tiles: Tiles = NO_TILES
    """What lies below maps."""
    disagreements: Disagreements | None = None
    """Dossiers on which sources disagree; None where one system is asked alone."""
    elsewhere: Elsewhere | None = None
    """Where officers sign in with accounts kept elsewhere; None: with passwords kept here alone."""
    rights: DataRights | None = None
    """What persons ask for in writing about their data; None where there is no record of it."""
    catalogue: CatalogueDesk | None = None
    """What the catalogue desk works with; None where there is none."""
    consents: ConsentDesk | None = None
    """What the consent ledger works with; None where there is none."""
    campaigns: Campaigns | None = None
    """One sentence to many; None where nothing is sent."""
    sms_brand: str = ""
    """Name notices are sent under; empty where they come from a number."""
    warnings: WarningDesk | None = None
    """Warnings of danger; None where nobody is warned."""
    exchange: ExchangeDesk | None = None
    """Cases exchanged with other agencies; None where there are none."""
    one_stop: OneStop | None = None
    """Dossiers of the one-stop desk; None where the source lists none."""
    subscribers: Subscribers | None = None
    """Who is told when a report changes; None where nobody is."""
    views: Views | None = None
    """Views of the inbox officers save; None where none are kept."""
    digests: Digests | None = None
    """What officers hear by mail; None where there is none."""
    state_words: Callable[[int], str] = str
    """A state of a dossier in an officer's words."""


def session_token(parts: CentreParts) -> str:
    """What the browser that asks keeps of its session; empty where it keeps nothing."""
    return cookies.read(COOKIE, parts.secure)


def _lacks_second_factor(parts: CentreParts, officer: Officer) -> bool:
    """Whether this officer may do nothing yet but turn on the second factor."""
    return parts.second_factor_required and not (officer.has_second_factor or officer.from_provider)


def takes_passwords(parts: CentreParts) -> bool:
    """Whether passwords kept here open anything."""
    return parts.elsewhere is None or parts.elsewhere.beside_passwords


def signed_in(parts: CentreParts, duty: Duty | None = None) -> Officer:
    """The officer who asks for a page; others are sent to the sign-in, or told that it is not theirs."""
    token = session_token(parts)
    officer = parts.officers.who(token) if token else None
    if officer is None:
        # Somebody whose day is over while a form is open must be told why.
        ended = "yes" if token or request.method == "POST" else None
        abort(redirect(url_for("centre.sign_in_form", ended=ended), 303))
    if _lacks_second_factor(parts, officer) and request.endpoint not in _WITHOUT_SECOND_FACTOR:
        abort(redirected("account"))
    if duty is not None and duty not in officer.may:
        turn_away(parts, officer, "not_yours", 403)
    return officer


def with_form(parts: CentreParts, duty: Duty | None = None) -> Officer:
    """The officer who sends a form of a page of ours; a form of anybody else's changes nothing (CSRF)."""
    officer = signed_in(parts, duty)
    if not parts.officers.is_csrf_token(session_token(parts), request.form.get("csrf_token", "")):
        turn_away(parts, officer, "old_form", 403)
    return officer


def refuse_other_sites() -> None:
    """Browsers say from where a form is sent; signing in as somebody else by another site's form is no good either."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        abort(403)


def turn_away(parts: CentreParts, officer: Officer, why: str, status: int) -> NoReturn:
    """Say why there is nothing here for this officer."""
    response = page(parts, "turned_away.html", officer, why=why)
    response.status_code = status
    abort(response)


def page(parts: CentreParts, template: str, officer: Officer, **values: object) -> Response:
    """A page for somebody signed in."""
    return make_response(
        render_template(
            f"centre/{template}",
            officer=officer,
            csrf_token=csrf_token(parts),
            Duty=Duty,
            elsewhere=parts.elsewhere is not None,
            takes_passwords=takes_passwords(parts),
            second_factor_required=parts.second_factor_required,
            section=_SECTIONS.get(request.endpoint or "", request.endpoint),
            **values,
        )
    )


def csrf_token(parts: CentreParts) -> str:
    """What forms of this session carry."""
    return parts.officers.csrf_token(session_token(parts))


def page_number(rows: int) -> tuple[int, int]:
    """Which page of a table with so many rows is asked for, and how many there are; both from 1."""
    pages = max(1, -(-rows // AT_ONCE))
    asked = request.args.get("page", "1")
    return min(pages, max(1, int(asked) if asked.isdecimal() and len(asked) < 7 else 1)), pages


def redirected(endpoint: str, **values: object) -> AnyResponse:
    """After a change: what reloading repeats must be harmless."""
    return redirect(url_for(f"centre.{endpoint}", **values), 303)  # type: ignore[arg-type]
