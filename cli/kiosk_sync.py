"""What ``motcua kiosk`` does about its centre: enrol, tell how it stands, talk to it now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console

from kiosk.bundles.applied import Applied
from kiosk.centre_link.client import SyncError
from kiosk.centre_link.identity import BrokenIdentity, Identity, identity_of
from kiosk.dossiers.kept import KeptDossiers
from kiosk.queue.outgoing import Outgoing
from kiosk.queue.watch import Watch
from kiosk.sync.enrolling import EnrolmentFailed
from kiosk.sync.enrolling import enrol as enrol_box
from kiosk.sync.sync_service import SyncService
from runtime import settings as settings_module
from runtime.settings import Settings
from runtime.version import version
from stores.database import Database

console = Console(highlight=False)


def enrol(centre: str, code: str) -> None:
    """Make this box a kiosk of a centre."""
    try:
        identity = enrol_box(settings_module.load(), centre, code)
    except EnrolmentFailed as failure:
        _fail(str(failure))
    console.print(f"This box is now “{identity.name}”. Start it again, so that every part knows.", markup=False)
    console.print(f"Fingerprint of the centre: {identity.centre.fingerprint}")


def status() -> None:
    """Who this box is, what waits on it and what it uses."""
    with _opened() as (settings, identity, database):
        outgoing = Outgoing(database, identity.centre, Watch(database))
        applied = Applied.of(settings)
        state = " (shut out)" if identity.locked else ""
        console.print(f"kiosk     {identity.name}{state}", markup=False)
        console.print(f"centre    {identity.url}, {identity.centre.fingerprint}", markup=False)
        console.print(f"waiting   {outgoing.waiting()}; refused by the centre: {outgoing.refused()}")
        console.print(f"program   {version()}")
        console.print(f"bundle    {applied.number or 'as installed'}{' on trial' if applied.on_trial else ''}")
        console.print(f"dossiers  version {KeptDossiers(database, identity.centre).version}")


def sync() -> None:
    """Talk to the centre now; a new bundle is fetched by the running system."""
    with _opened() as (settings, identity, _):
        sync_service = SyncService(settings, identity, restart=lambda: None, trouble=lambda: None)
        try:
            head = sync_service.exchange()
        except SyncError as error:
            _fail(str(error))
        finally:
            sync_service.close()
    console.print("In step with the centre." + (" A new bundle is on offer." if head else ""))


@contextmanager
def _opened() -> Iterator[tuple[Settings, Identity, Database]]:
    settings = settings_module.load()
    try:
        identity = identity_of(settings)
    except BrokenIdentity as error:
        _fail(str(error))
    if identity is None:
        _fail("this box belongs to no centre: `motcua kiosk enrol`")
    settings = settings_module.load(kiosk_name=identity.name)
    database = Database(settings.effective_database_url)
    try:
        database.migrate()
        yield settings, identity, database
    finally:
        database.close()


def _fail(message: str) -> NoReturn:
    console.print(message, markup=False)
    raise typer.Exit(1)
