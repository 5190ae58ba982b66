"""The kiosk's page, put together from the gateway's parts."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date, datetime, timedelta
from hashlib import sha256

from flask import Blueprint, request
from sqlalchemy.exc import SQLAlchemyError

from channels.errors import Problem
from channels.parts import Parts
from channels.sms.providers.registry import set_up
from channels.sms.queue.wake import Wake
from channels.websockets.address import listening_socket
from installation.asked_texts import asked_texts
from installation.kiosk import look_up_here
from installation.root import Installation
from installation.text_messages import TextMessageStores
from kiosk.bundles.following import NUMBER
from kiosk.centre_link.identity import BrokenIdentity, identity_of
from kiosk.dossiers.tickets import TicketsAtCentre
from kiosk.page.blueprint import blueprint
from kiosk.page.contacting import Texts
from kiosk.page.from_memory import Memory
from kiosk.page.parts import AskedTickets, PageParts
from kiosk.page.today import Today
from kiosk.page.visits import Visits, restart_waits
from kiosk.page.voice_client import VoiceClient
from kiosk.printing.printers import Printer, PrinterFailed, printer_of
from kiosk.procedure_cards import Cards
from kiosk.queue.box_clock import Watch
from kiosk.queue.keeping import Keeping, Usage
from kiosk.queue.texts import QueuedTexts
from kiosk.signed_texts import Signing
from kiosk.sync.schedule import ways_out
from runtime import logs
from runtime.clock import VIETNAM
from runtime.registry import RegistryError
from runtime.settings import Settings
from runtime.version import version
from stores.database import Database
from stores.write_probe import Written
from tickets.hours import office_hours

_log = logs.get(__name__)

RIGHT_ENOUGH = timedelta(minutes=10)
"""A clock off by less spoils no promise: officers call within hours."""


def kiosk_page(here: Installation, parts: Parts) -> Blueprint:
    """``/kiosk`` in the gateway of this installation."""
    settings = parts.settings
    silence = settings.kiosk_idle_seconds + settings.kiosk_warning_seconds
    texts, keeping = _texts(here, parts), Keeping.open(settings, parts.database)
    clock = HallClock(here, parts.database)
    voice = VoiceClient(listening_socket(settings))
    page = blueprint(
        PageParts(
            settings=settings,
            visits=Visits(parts.conversing, parts.redis, parts.seal, silence),
            catalogue=here.catalogue,
            cards=Cards(here.catalogue, here.procedure_answers),
            signing=Signing(parts.seal),
            tickets=here.tickets,
            voice=voice,
            limiter=parts.limiter,
            texts=texts,
            origin=settings.kiosk_name,
            printer=_printer(settings),
            fonts=settings.data_path / "kiosk" / "fonts",
            printed_on=clock.today,
            clock_is_right=clock.is_right,
            memory=Memory(here.catalogue, here.procedure_answers),
            today=_today(here, parts, voice, clock),
            look_ups=keeping,
            is_shut_out=lambda: _is_shut_out(settings),
            asked_tickets=_asked_tickets(here, parts),
            usage=Usage(parts.database) if settings.kiosk_name else None,
        )
    )

    @page.before_request
    def only_kiosks() -> None:
        # The page sends text messages and takes wishes to be called, without any key: not for the whole internet.
        if not parts.limiter.allows("kiosk_requests_address", request.remote_addr or ""):
            raise Problem(429, "too_many", "too many requests for now: the limit kiosk_requests_address is reached")
        if not parts.callers.may_use_kiosk(request.remote_addr, request.headers):
            raise Problem(403, "no_kiosk", "the kiosk's page is for this machine; for others see MOTCUA_KIOSK_FROM")

    return page


def _asked_tickets(here: Installation, parts: Parts) -> AskedTickets | None:
    """Over the line of an enrolled box; the centre's own pages ask its own desk."""
    try:
        centre = look_up_here(here)
    except BrokenIdentity:
        return None
    if centre is not None:
        return TicketsAtCentre(centre[0])
    return TextMessageStores(here).asked_tickets(Wake(parts.redis)) if not here.settings.kiosk_name else None


class HallClock:
    """What time it is in the hall: by the centre, where this box has heard it; else by the machine.

    Args:
        here: the installation.
        database: in which the centre's time is kept.
    """

    def __init__(self, here: Installation, database: Database) -> None:
        self._here = here
        self._watch = Watch(database) if here.settings.kiosk_name else None

    def now(self) -> datetime:
        """With zone."""
        if self._watch is not None:
            with suppress(SQLAlchemyError):
                return datetime.fromtimestamp(self._watch.now(), VIETNAM)
        return self._here.now()

    def may_be(self, moment: datetime) -> bool:
        """Whether it is so late: what is told was checked before."""
        checked = max((one.checked_on for one in self._here.catalogue.light()), default=date.min)
        return moment.astimezone(VIETNAM).date() >= checked

    def today(self) -> date | None:
        """None where nobody knows."""
        moment = self.now()
        return moment.astimezone(VIETNAM).date() if self.may_be(moment) else None

    def is_right(self) -> bool:
        """Whether the machine's own clock shows the time, to some minutes."""
        moment = self._here.now()
        return self.may_be(moment) and abs(moment - self.now()) < RIGHT_ENOUGH


def _today(here: Installation, parts: Parts, voice: VoiceClient, clock: HallClock) -> Today:
    written = Written(parts.database, parts.redis)

    bundle = os.environ.get(NUMBER, "")

    def talks() -> None:
        written.to_redis()
        parts.core.ping()

    return Today(
        office=here.settings.office,
        version=lambda: sha256(f"{version()} {bundle} {here.catalogue.version()}".encode()).hexdigest()[:12],
        now=clock.now,
        hours=office_hours(),
        has_line=lambda: bool(ways_out()),
        checks={"keeps": written.to_database, "talks": talks},
        speaks=lambda: voice.abilities().speaks,
        restart_waits=lambda: restart_waits(here.redis),
        may_be=clock.may_be,
    )


def _printer(settings: Settings) -> Printer | None:
    """None also where the one that is set cannot be used: no button is shown then, and the operator reads why."""
    try:
        return printer_of(settings.kiosk_printer, settings.kiosk_paper_dots)
    except (RegistryError, PrinterFailed) as error:
        _log.error("nothing can be printed", cause=str(error))
        return None


def _is_shut_out(settings: Settings) -> bool:
    """Read anew each time: the centre may say so at any moment. A box that cannot tell who it is takes nothing."""
    try:
        identity = identity_of(settings)
    except BrokenIdentity:
        return True
    return identity is not None and identity.locked


def _texts(here: Installation, parts: Parts) -> Texts | None:
    """How answers go to a telephone: by a route of our own, else through the centre this box belongs to."""
    if set_up(parts.settings):
        return asked_texts(here, parts.outbox, parts.limiter)
    keeping = Keeping.open(parts.settings, parts.database)
    return QueuedTexts(keeping) if keeping is not None else None
