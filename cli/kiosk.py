"""``motcua kiosk``: this box as a kiosk.

Without a command this process becomes the supervisor of the box, so what the commands need is imported when they run.
"""

from __future__ import annotations

from typing import Annotated

import typer

from cli.kiosk_start import start

app = typer.Typer(
    help="This box as a kiosk. Without a command: start everything on it, and keep it running until Ctrl-C.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)
app.callback()(start)


@app.command()
def enrol(
    centre: Annotated[str, typer.Option(help="Address of the centre: https://centre.example")],
    code: Annotated[str, typer.Option(help="One-time code from `motcua centre kiosk add`.")],
) -> None:
    """Make this box a kiosk of a centre."""
    from cli import kiosk_sync

    kiosk_sync.enrol(centre, code)


@app.command()
def status() -> None:
    """Who this box is, what waits on it and what it uses."""
    from cli import kiosk_sync

    kiosk_sync.status()


@app.command()
def restart() -> None:
    """Start the programs of this box again, after an update of them, once nobody stands there."""
    from cli import kiosk_sync

    kiosk_sync.restart()


@app.command()
def sync() -> None:
    """Talk to the centre now; a new bundle is fetched by the running system."""
    from cli import kiosk_sync

    kiosk_sync.sync()
