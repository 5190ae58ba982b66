"""The exchange of cases with other agencies: its addresses, its line, its desk, its figures."""

from __future__ import annotations

from flask import Blueprint, request
from sqlalchemy.exc import SQLAlchemyError

from centre.exchange.api import blueprint
from centre.exchange.desk import ExchangeDesk
from centre.exchange.gauges import ExchangeGauges
from centre.exchange.line import Line
from channels.parts import Parts
from channels.sms.queue.wake import Wake
from installation.root import Installation
from installation.text_messages import TextMessageStores
from runtime import logs
from runtime.working_time import working_time
from tickets.desk import Desk
from tickets.exchange.outbox import Outbox

_log = logs.get(__name__)


def outbox_of(here: Installation) -> Outbox:
    """What waits for other agencies."""
    return Outbox(here.database, here.seal, here.now)


def exchange_line(here: Installation) -> Line:
    """What hands it over."""
    return Line(outbox_of(here), here.partners, here.paper_files)


def exchange_desk(here: Installation, desk: Desk | None) -> ExchangeDesk:
    """What officers work with."""
    name = here.settings.exchange_name or here.settings.exchange_agency
    return ExchangeDesk(here.exchange(desk), outbox_of(here), name, here.words.room("exchange"), here.now)


def exchange(here: Installation, parts: Parts) -> Blueprint:
    """``/exchange/v1`` in the gateway, and its figures in ``/metrics``."""
    book = here.exchange(TextMessageStores(here).desk(Wake(parts.redis)))
    pages = blueprint(book, here.settings.exchange_name or here.settings.exchange_agency)
    gauges, outbox = ExchangeGauges(parts.metrics.registry), outbox_of(here)

    @pages.before_app_request
    def count() -> None:
        if request.path == "/metrics" and here.settings.exchange_agency:
            try:
                gauges.show(book.standings(), outbox.waiting(), working_time(), here.now())
            except SQLAlchemyError as error:
                _log.warning("the figures of exchanged cases are not known", cause=type(error).__name__)

    return pages
