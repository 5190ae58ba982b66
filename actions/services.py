"""What the actions work with, built once a process from the settings or handed in by a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import redis

from actions.dossiers.backend import SourceContext
from actions.dossiers.lockout import Lockout
from actions.dossiers.service import DossierService, LookUp, SourceStore
from actions.dossiers.source import open_source
from actions.dossiers.wording import DossierWording
from actions.procedures.answers import Answers
from catalogue.opening import open_catalogue
from catalogue.store import CatalogueStore
from contract.wording import Wording, wording_of
from runtime import settings as settings_module
from runtime.clock import now, today
from runtime.settings import NLU_DATA, Settings
from stores.database import Database
from stores.redis_clients import connect
from stores.sealing import Seal
from tickets.store import TicketStore


@dataclass(frozen=True)
class Services:
    """Everything an action may call."""

    catalogue: CatalogueStore
    answers: Answers
    wording: Wording
    dossiers: LookUp
    dossier_wording: DossierWording
    tickets: TicketStore
    origin: str = ""
    """Name of the kiosk this runs on; empty at the centre."""


def build(settings: Settings, redis_client: redis.Redis, look_up: LookUp | None = None) -> Services:
    """Services over the stores of one installation.

    Args:
        settings: of the installation.
        redis_client: counts tries.
        look_up: where a dossier's state is asked for; the source that is set when None.
    """
    store = wording_of(NLU_DATA)
    wording = store.room("core")
    lockout = Lockout(
        redis_client,
        settings.secret(),
        now,
        limit=settings.second_factor_tries,
        lock_for=timedelta(minutes=settings.lock_minutes),
    )
    source = open_source(settings.dossier_source, SourceContext(now, redis_client))
    return Services(
        catalogue=open_catalogue(settings),
        answers=Answers(wording, today, timedelta(days=settings.stale_after_days)),
        wording=wording,
        dossiers=look_up or DossierService(SourceStore(source), lockout, now),
        dossier_wording=DossierWording(store.room("dossiers"), now),
        tickets=TicketStore(Database(settings.effective_database_url), Seal(settings.secret()), now),
        origin=settings.kiosk_name,
    )


@lru_cache(maxsize=1)
def default() -> Services:
    """Services from the environment, for ``rasa run actions`` and ``rasa shell``."""
    settings = settings_module.load()
    return build(settings, connect(settings))
