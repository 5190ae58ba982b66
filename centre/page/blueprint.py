"""``/centre``: sign-in, and the pages of those signed in. They work without scripts; every change is a form with a key
of its session.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request

from centre.page.access import CentreParts, refuse_other_sites
from centre.page.campaign_pages import add_campaigns
from centre.page.catalogue_pages import add_catalogue
from centre.page.consent_pages import add_consents
from centre.page.disagreement_pages import add_disagreements
from centre.page.events import add_events
from centre.page.exchange_pages import add_exchange
from centre.page.figures_pages import add_figures
from centre.page.fleet_pages import add_fleet
from centre.page.fonts import add_fonts
from centre.page.home import add_home, links
from centre.page.learning_pages import add_questions
from centre.page.officer_pages import add_officers
from centre.page.one_stop_pages import add_one_stop
from centre.page.partner_pages import add_partners
from centre.page.proposal_pages import add_proposals
from centre.page.publication_pages import add_publication
from centre.page.recording_pages import add_recordings
from centre.page.service_pages import add_service
from centre.page.sign_in_pages import add_sign_in
from centre.page.subscriber_pages import add_subscribers
from centre.page.talk_pages import add_talks
from centre.page.ticket_pages import add_tickets
from centre.page.warning_pages import add_warnings
from centre.page.words import language, say, tell

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
    add_sign_in(pages, parts)
    add_home(pages, parts)
    add_fleet(pages, parts)
    add_tickets(pages, parts)
    add_events(pages, parts)
    add_one_stop(pages, parts)
    add_exchange(pages, parts)
    add_partners(pages, parts)
    add_figures(pages, parts)
    add_talks(pages, parts)
    add_disagreements(pages, parts)
    add_catalogue(pages, parts)
    add_proposals(pages, parts)
    add_questions(pages, parts)
    add_publication(pages, parts)
    add_consents(pages, parts)
    add_campaigns(pages, parts)
    add_warnings(pages, parts)
    add_subscribers(pages, parts)
    add_officers(pages, parts)
    add_recordings(pages, parts)
    add_service(pages, parts)
    add_fonts(pages, parts.fonts)

    @pages.context_processor
    def wording() -> dict[str, object]:
        return {"say": say, "tell": tell, "language": language(), "links": links}

    @pages.before_request
    def guard_forms() -> None:
        if request.method == "POST":
            refuse_other_sites()

    @pages.after_request
    def guard(response: Response) -> Response:
        response.headers.update(_HEADERS)
        response.headers["Content-Security-Policy"] = parts.tiles.allowed_by(_HEADERS["Content-Security-Policy"])
        return response

    return pages
