"""What ``motcua kiosk`` does about its centre: enrol, tell how it stands, talk to it now."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console

from cli import folder_lock
from installation.kiosk import sync_service as make_sync_service
from installation.opening import opened
from installation.root import Installation
from kiosk.bundles.applied import Applied
from kiosk.centre_link.client import SyncError
from kiosk.centre_link.identity import BrokenIdentity, Identity, identity_of
from kiosk.dossiers.offline_dossiers import KeptDossiers
from kiosk.page.visits import may_restart
from kiosk.queue.box_clock import Watch
from kiosk.queue.outgoing import Outgoing
from kiosk.sync.enrolling import EnrolmentFailed
from kiosk.sync.enrolling import enrol as enrol_box
from kiosk.sync.sync_loop import LOOK_SECONDS
from runtime import settings as settings_module
from runtime.messages import tr, translated
from runtime.version import version

console = Console(highlight=False)


def enrol(centre: str, code: str) -> None:
    """Make this box a kiosk of a centre."""
    try:
        identity = enrol_box(settings_module.load(), centre, code)
    except EnrolmentFailed as failure:
        _fail(str(failure))
    console.print(
        tr("This box is now “{name}”. Start it again, so that every part knows.", name=identity.name), markup=False
    )
    console.print(tr("Fingerprint of the centre: {fingerprint}", fingerprint=identity.centre.fingerprint))


def status() -> None:
    """Who this box is, what waits on it and what it uses."""
    with _opened() as (here, identity):
        outgoing = Outgoing(here.database, identity.centre, Watch(here.database))
        applied = Applied.of(here.settings)
        state = tr(" (shut out)") if identity.locked else ""
        console.print(tr("kiosk     {name}{state}", name=identity.name, state=state), markup=False)
        console.print(
            tr("centre    {url}, {fingerprint}", url=identity.url, fingerprint=identity.centre.fingerprint),
            markup=False,
        )
        console.print(
            tr(
                "waiting   {waiting}; refused by the centre: {refused}",
                waiting=outgoing.waiting(),
                refused=outgoing.refused(),
            )
        )
        console.print(tr("program   {version}", version=version()))
        console.print(
            tr(
                "bundle    {number}{state}",
                number=applied.number or tr("as installed"),
                state=tr(" on trial") if applied.on_trial else "",
            )
        )
        console.print(tr("dossiers  version {version}", version=KeptDossiers(here.database, identity.centre).version))


def restart() -> None:
    """Start the programs of this box again, once nobody stands there."""
    settings = settings_module.load()
    supervisor = folder_lock.owner(settings.data_path)
    if supervisor is None:
        _fail(tr("nothing runs on {folder}", folder=settings.data_path))
    with opened(settings, with_tables=False) as here:
        if not may_restart(here.redis):
            console.print(tr("Somebody stands at the box and reads that it starts again afterwards: waiting."))
        while not may_restart(here.redis):
            time.sleep(LOOK_SECONDS)
    os.kill(supervisor, signal.SIGUSR1)
    console.print(tr("The box starts again."))


def sync() -> None:
    """Talk to the centre now; a new bundle is fetched by the running system."""
    with _opened() as (here, identity):
        sync_service = make_sync_service(
            here, identity, renew=_nothing, restart=_nothing, is_idle=lambda: False, trouble=_nothing
        )
        try:
            head = sync_service.exchange()
        except SyncError as error:
            _fail(str(error))
        finally:
            sync_service.close()
    console.print(tr("In step with the centre. A new bundle is on offer.") if head else tr("In step with the centre."))


def _nothing() -> None:
    """Here nothing is brought into use."""


@contextmanager
def _opened() -> Iterator[tuple[Installation, Identity]]:
    settings = settings_module.load()
    try:
        identity = identity_of(settings)
    except BrokenIdentity as error:
        _fail(str(error))
    if identity is None:
        _fail(tr("this box belongs to no centre: `motcua kiosk enrol`"))
    with opened(settings_module.load(kiosk_name=identity.name)) as here:
        yield here, identity


def _fail(message: str) -> NoReturn:
    console.print(translated(message), markup=False)
    raise typer.Exit(1)
