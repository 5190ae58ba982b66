"""What is done before the processes of a system start, and the processes that do it.

The supervisor lives as long as the system and needs next to nothing. What it takes to prepare (tables, keys, perhaps
a training) would stay in its memory for ever, so a process of its own does that and ends.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.plan import LIBRARIES, LITTLE_MEMORY
from runtime import settings as settings_module
from runtime.data_files import check_data_files
from runtime.messages import tr
from runtime.secret_files import without_files_of
from runtime.settings import PREFIX, PROJECT_ROOT, Settings

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Prepared:
    """A system that may start."""

    settings: Settings
    names: tuple[str, ...]
    """The processes to start."""
    environment: dict[str, str]
    """What each of them sees."""
    first_officer: str | None = None
    """Key of the link for the first officer; None once there is one."""


def apart(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Do something in a process of its own; whatever it raises is raised here."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as process:
        return process.submit(work, *args, **kwargs).result()


def prepare(port: int | None, data: Path | None, names: tuple[str, ...]) -> Prepared:
    """Train where there is no model to answer with, make folders, secrets and tables, and decide what the children see.

    Args:
        port: of the gateway, when it was given.
        data: absolute folder of data, when it was given.
        names: the processes asked for.
    """
    from installation.centre import CentreStores, chosen_provider
    from installation.key_check import check_keys
    from installation.opening import opened
    from kiosk.bundles.applied import Applied
    from kiosk.centre_link.identity import identity_of

    settings = _settings(port, data)
    # Before a minute of training: nothing is started with a key that protects nothing, or a way in that leads nowhere.
    settings.check_secret()
    chosen_provider(settings)
    check_data_files(settings.nlu_data_path)
    if identity_of(settings) is None:
        names = tuple(name for name in names if name != "sync")
    # What the bundle in use brings is known before anything opens a catalogue or a model.
    bundles = Applied.of(settings)
    if "core" in names and not bundles.number:
        _make_model_ready(settings)
    settings.data_path.mkdir(parents=True, exist_ok=True, mode=0o700)
    with opened(settings, with_tables=False) as here:
        here.make_tables()
        check_keys(here)
        centre = CentreStores(here)
        # A box that belongs to a centre has no officers of its own, and an OpenID provider knows them already.
        chooses_password = identity_of(settings) is None and (
            centre.elsewhere is None or centre.elsewhere.beside_passwords
        )
        first_officer = centre.invitations.first() if chooses_password else None
    return Prepared(settings, names, environment(settings), first_officer)


def _make_model_ready(settings: Settings) -> None:
    """Train the first model; an older one answers while the core has the next one trained."""
    from assistant.model import is_stale, newest_fitting
    from installation.opening import opened

    if not is_stale(settings):
        _tell(tr("2/3 Model: ready"))
        return
    if newest_fitting(settings) is not None:
        _tell(tr("2/3 Model: the one before answers while a new one is trained"))
        return
    console = Console(highlight=False)
    label = tr("2/3 Model: training it from the examples, about a minute")
    if not console.is_terminal:
        _tell(label)
    began = time.monotonic()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with opened(settings, with_tables=False) as here, Progress(*columns, console=console, transient=True) as progress:
        progress.add_task(label, total=None)
        here.train()
    _tell(tr("2/3 Model: trained in {seconds:.0f} s", seconds=time.monotonic() - began))


def _tell(line: str) -> None:
    print(line, flush=True)


def _settings(port: int | None, data: Path | None) -> Settings:
    """The settings of this start; a box that belongs to a centre bears the name it has there.

    Raises:
        SettingsError: a setting is wrong.
    """
    from kiosk.centre_link.identity import check_name, identity_of

    settings = settings_module.load(port=port, data_dir=data)
    identity = identity_of(settings)
    check_name(settings, identity)
    if identity is None:
        return settings
    return settings_module.load(port=port, data_dir=settings.data_path, kiosk_name=identity.name)


def environment(settings: Settings) -> dict[str, str]:
    """What the children see: the same settings, with the places decided here; what is set on a box wins over what its
    bundle sets.
    """
    from kiosk.bundles.applied import Applied
    from kiosk.bundles.following import environment_with
    from stores.redis_clients import redis_url

    bundles = Applied.of(settings)
    brought = bundles.environment()
    own = without_files_of(os.environ.items(), (PREFIX + "REDIS_URL",))
    return {
        **LITTLE_MEMORY,
        **environment_with(brought, own, bundles.number),
        PREFIX + "KIOSK_NAME": settings.kiosk_name,
        PREFIX + "PORT": str(settings.port),
        PREFIX + "DATA_DIR": str(settings.data_path),
        PREFIX + "REDIS_URL": redis_url(settings),
        # Ours first, then where the operator keeps parts from outside.
        "PYTHONPATH": os.pathsep.join(filter(None, (str(PROJECT_ROOT), os.environ.get("PYTHONPATH")))),
        **LIBRARIES,
    }


if __name__ == "__main__":
    # For the supervisor, which has no library of settings: what the children see now, as JSON.
    print(json.dumps(environment(_settings(int(sys.argv[1]), Path(sys.argv[2])))))
