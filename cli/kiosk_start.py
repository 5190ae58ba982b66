"""``motcua kiosk``: everything of a box with one command, and the browser that shows it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from cli.plan import PlannedChild
from cli.preparing import apart
from cli.processes import MODULES
from cli.up import keep_running
from runtime import settings as settings_module
from runtime.messages import tr
from runtime.settings import PREFIX, Settings

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")

console = Console(highlight=False)


def start(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(help="Port of the page; the core takes the next one.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder for databases, sockets and secrets.")] = None,
    browser: Annotated[bool, typer.Option("--browser", help="Show the page in Chromium, full screen.")] = False,
) -> None:
    """This box as a kiosk. Without a command: start everything on it, and keep it running until Ctrl-C."""
    if context.invoked_subcommand is not None:
        return
    # Nobody tries the simulator's telephone at a box; without calls the voice takes 35 MB less.
    os.environ.setdefault(PREFIX + "SIMULATOR_CALLS", "false")
    # Eight minutes of speech: nobody hears more of it twice in a hall.
    os.environ.setdefault(PREFIX + "VOICE_CACHE_MB", "16")
    settings = settings_module.load(port=port, data_dir=data.absolute() if data else None)
    address = f"http://127.0.0.1:{settings.port}/kiosk"
    more: tuple[PlannedChild, ...] = ()
    if browser:
        program = next(filter(None, map(shutil.which, BROWSERS)), None)
        if program is None:
            console.print(f"[red]{tr('no Chromium is installed (Debian package chromium)')}[/red]")
            raise typer.Exit(1)
        more = (PlannedChild("browser", (sys.executable, "-m", "cli.kiosk_browser", program, address)),)
    # Text messages leave a box by its queue to the centre, unless it has a route of its own.
    has_route = apart(_has_route, settings)
    names = [name for name in MODULES if name != "worker" or has_route]
    keep_running(port, data, names, more, shares=True)


def _has_route(settings: Settings) -> bool:
    from channels.sms.providers.registry import set_up

    return bool(set_up(settings))
