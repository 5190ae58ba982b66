"""``motcua kiosk``: this box as a kiosk."""

from __future__ import annotations

import typer

from cli.kiosk_sync import enrol, status, sync

app = typer.Typer(
    help="This box as a kiosk: its centre, what waits on it, what it uses.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(enrol)
app.command()(status)
app.command()(sync)
