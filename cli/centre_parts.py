"""The operations centre, put together from the gateway's parts or, for commands, from the settings."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint

from actions.dossiers.backend import SourceContext
from actions.dossiers.lockout import Lockout
from actions.dossiers.service import DossierService, SourceStore
from actions.dossiers.source import open_source
from actions.dossiers.wording import DossierWording
from centre.effects import Effects
from centre.enrolment import Enrolling
from centre.keys import centre_keys
from centre.kiosks import Kiosks
from centre.officers import Officers
from centre.page.access import CentreParts
from centre.page.blueprint import blueprint as pages
from centre.publishing import Shelf
from centre.receiving import Receiving
from centre.snapshots import Snapshots, for_kiosks
from centre.sync_api import SyncParts
from centre.sync_api import blueprint as sync_api
from channels.parts import Parts
from channels.phone.answer_texts import OutboxTexts
from channels.rendering.sms import SmsStyle
from channels.sms.queue.wake import Wake
from contract.wording import wording_of
from runtime.clock import now
from runtime.settings import NLU_DATA, Settings
from stores.database import Database
from stores.sealing import Seal
from tickets.store import TicketStore


def shelf(settings: Settings) -> Shelf:
    """The bundles of this centre."""
    return Shelf(settings.data_path / "bundles", centre_keys(settings), now)


def enrolling(settings: Settings, database: Database) -> Enrolling:
    """The one-time codes of this centre."""
    return Enrolling(database, Seal(settings.secret()), centre_keys(settings), now)


def kiosk_sync(parts: Parts) -> Blueprint:
    """``/kiosk-sync/v1`` in the gateway of this installation."""
    settings, database = parts.settings, parts.database
    keys = centre_keys(settings)
    source = open_source(settings.dossier_source, SourceContext(now, parts.redis))
    lockout = Lockout(
        parts.redis,
        settings.secret(),
        now,
        limit=settings.second_factor_tries,
        lock_for=timedelta(minutes=settings.lock_minutes),
    )
    look_up = DossierService(SourceStore(source), lockout, now)
    wording = DossierWording(wording_of(NLU_DATA).room("dossiers"), now)
    texts = OutboxTexts(parts.outbox, Wake(parts.redis), parts.seal, SmsStyle.from_settings(settings))
    effects = Effects(TicketStore(database, parts.seal, now), look_up, wording, texts, now)
    return sync_api(
        SyncParts(
            keys=keys,
            kiosks=Kiosks(database, now),
            enrolling=enrolling(settings, database),
            receiving=Receiving(database, keys, parts.seal, effects, now),
            snapshots=Snapshots(database, keys.public.sign, for_kiosks(source), now),
            shelf=shelf(settings),
            look_up=look_up,
            clock=now,
        )
    )


def centre_pages(parts: Parts) -> Blueprint:
    """``/centre`` in the gateway of this installation."""
    settings, database = parts.settings, parts.database
    return pages(
        CentreParts(
            officers=Officers(database, parts.seal, now),
            kiosks=Kiosks(database, now),
            enrolling=enrolling(settings, database),
            shelf=shelf(settings),
            tickets=TicketStore(database, parts.seal, now),
            secure=settings.public_url is not None and settings.public_url.scheme == "https",
            clock=now,
            address=str(settings.public_url) if settings.public_url else None,
        )
    )
