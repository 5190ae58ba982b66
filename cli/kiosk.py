"""``motcua kiosk``: this box as a kiosk."""

from __future__ import annotations

import typer

from cli.kiosk_start import start
from cli.kiosk_sync import enrol, status, sync

app = typer.Typer(
    help="This box as a kiosk. Without a command: start everything on it, and keep it running until Ctrl-C.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)
app.callback()(start)
app.command()(enrol)
app.command()(status)
app.command()(sync)
