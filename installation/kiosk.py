"""A kiosk's share of an installation: its own look-up, and the service that keeps it in step with its centre."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from actions.dossiers.model import Clock
from actions.registries.kind import NoLink, OwnRegistry
from actions.registries.kinds import KINDS
from actions.registries.sandbox import SANDBOX
from actions.registries.service import AskedRegistry
from installation.root import Installation, database_at
from kiosk.centre_link.identity import Identity, identity_of
from kiosk.crash_points import Step, no_step
from kiosk.dossiers.look_up import KioskStore
from kiosk.dossiers.opening import kiosk_store
from kiosk.dossiers.registries import RegistryAtCentre
from kiosk.sync.sync_service import SyncService
from runtime.settings import registries


def look_up_here(installation: Installation) -> tuple[KioskStore, Clock] | None:
    """Where an enrolled kiosk looks dossiers up, and its time; None on a box that belongs to no centre."""
    identity = identity_of(installation.settings)
    return kiosk_store(installation.settings, identity, installation.database) if identity is not None else None


def registries_here(installation: Installation) -> Mapping[str, AskedRegistry] | None:
    """The registries an enrolled kiosk asks through its centre; None on a box that belongs to no centre."""
    settings, identity = installation.settings, identity_of(installation.settings)
    if identity is None:
        return None
    store, clock = kiosk_store(settings, identity, installation.database)
    words = installation.words.room("registries")
    matters = {name.removeprefix(SANDBOX) for name in registries(settings)}
    return {
        matter: RegistryAtCentre(OwnRegistry(kind, NoLink(), words, clock), store, installation.look_ups)
        for matter, kind in KINDS.items()
        if matter in matters
    }


def sync_service(
    installation: Installation,
    identity: Identity,
    renew: Callable[[], None],
    restart: Callable[[], None],
    is_idle: Callable[[], bool],
    trouble: Callable[[], str | None],
    step: Step = no_step,
) -> SyncService:
    """What keeps this box in step; see :class:`kiosk.sync.sync_service.SyncService`."""
    return SyncService(
        installation.settings,
        identity,
        installation.database,
        installation.tickets,
        installation.out_of_service,
        database_at,
        renew,
        restart,
        is_idle,
        trouble,
        step,
    )
