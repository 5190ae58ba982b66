"""``motcua kiosk``: everything of a box with one command, and the browser that shows it."""

from __future__ import annotations

import ctypes
import shutil
import signal
import subprocess
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from assistant import settings as settings_module
from assistant.settings import Settings
from cli.preparing import apart
from cli.processes import MODULES
from cli.up import Ready, up

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
FLAGS: Final = (
    "--kiosk",
    "--incognito",
    "--no-first-run",
    "--noerrdialogs",
    "--disable-infobars",
    "--disable-translate",
    "--disable-features=Translate,TranslateUI,MediaRouter",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-pinch",
    "--overscroll-history-navigation=0",
    "--disk-cache-size=1",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--password-store=basic",
)
"""Full screen without a way out, nothing kept, no question about the microphone, sound without a touch before, and no
request of the browser's own. ``--use-fake-ui-for-media-stream`` answers the question for the microphone with yes; the
sound stays the real one."""
_PR_SET_PDEATHSIG: Final = 1
_PAUSE: Final = 2.0

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
    settings = settings_module.load(port=port, data_dir=data.absolute() if data else None)
    address = f"http://127.0.0.1:{settings.port}/kiosk"
    if browser:
        program = next(filter(None, map(shutil.which, BROWSERS)), None)
        if program is None:
            console.print("[red]no Chromium is installed (Debian package chromium)[/red]")
            raise typer.Exit(1)
        get_context("fork").Process(target=_show, args=(program, address), daemon=True).start()
    # Text messages leave a box by its queue to the centre, unless it has a route of its own.
    has_route = apart(_has_route, settings)
    names = [name for name in MODULES if name != "worker" or has_route]
    up(port=port, data=data, only=",".join(names))


def _has_route(settings: Settings) -> bool:
    from channels.sms.routes import set_up

    return bool(set_up(settings))


def _show(program: str, address: str) -> None:
    """Start the browser when the page answers, and again whenever it ends; a process of its own."""
    # Ctrl-C is for the supervisor, which then ends this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = Ready(address)
    while not answers():
        time.sleep(0.2)
    while True:
        # A profile of its own in memory or at least gone with the browser: nothing of a visit outlives it.
        with tempfile.TemporaryDirectory(prefix="motcua-browser-", dir=_memory()) as profile:
            command = [program, *FLAGS, f"--user-data-dir={profile}", address]
            subprocess.run(command, check=False, stderr=subprocess.DEVNULL, preexec_fn=_die_with_parent)
        time.sleep(_PAUSE)


def _memory() -> str | None:
    """A file system in memory, where there is one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
