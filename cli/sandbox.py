"""``motcua sandbox``: the dossiers to try with, and a switch that makes their back end fail."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from actions.dossiers.sandbox import read_sandbox, sandbox_rows
from installation.opening import opened

app = typer.Typer(help="Dossiers to try with.", no_args_is_help=True, add_completion=False)


class Switch(StrEnum):
    """Position of the outage switch."""

    ON = "on"
    OFF = "off"


@app.command()
def dossiers(as_json: Annotated[bool, typer.Option("--json", help="All fields, as JSON.")] = False) -> None:
    """List the sandbox's dossiers; the people in them are fictional."""
    with opened(with_tables=False) as here:
        rows = sandbox_rows(read_sandbox(), here.words.room("dossiers"), here.today())
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    table = Table(box=None, header_style="bold")
    for heading in ("code", "last 4", "status", "procedure"):
        table.add_column(heading)
    for row in rows:
        table.add_row(row["code"], row["last4"], row["status_text"], row["procedure"])
    Console().print(table)


@app.command()
def outage(switch: Annotated[Switch, typer.Argument(help="on: every look-up fails; off: it works again")]) -> None:
    """Make the sandbox back end fail, and recover."""
    with opened(with_tables=False, with_redis=True) as here:
        turn = here.outage
        turn.turn_on() if switch is Switch.ON else turn.turn_off()
    print(f"outage {switch}")
