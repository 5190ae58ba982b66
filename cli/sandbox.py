"""``motcua sandbox``: the dossiers to try with, and a switch that makes their back end fail."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from actions.dossiers.outage import OutageSwitch
from actions.dossiers.sandbox import read_sandbox, sandbox_rows
from cli.stores import running_redis
from contract.wording import wording_of
from runtime import settings as settings_module
from runtime.clock import today
from runtime.settings import NLU_DATA

app = typer.Typer(help="Dossiers to try with.", no_args_is_help=True, add_completion=False)


class Switch(StrEnum):
    """Position of the outage switch."""

    ON = "on"
    OFF = "off"


@app.command()
def dossiers(as_json: Annotated[bool, typer.Option("--json", help="All fields, as JSON.")] = False) -> None:
    """List the sandbox's dossiers; the people in them are fictional."""
    rows = sandbox_rows(read_sandbox(), wording_of(NLU_DATA).room("dossiers"), today())
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
    with running_redis(settings_module.load()) as client:
        turn = OutageSwitch(client)
        turn.turn_on() if switch is Switch.ON else turn.turn_off()
    print(f"outage {switch}")
