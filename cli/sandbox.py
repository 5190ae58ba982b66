"""``motcua sandbox``: dossiers and registries to try with, and a switch that makes their back end fail."""

from __future__ import annotations

import json
import signal
import threading
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from actions.dossiers.sandbox import read_sandbox, sandbox_rows
from actions.registries.kinds import KINDS
from actions.registries.sandbox import sandbox_rows as registry_rows
from actions.registries.sandbox import written
from cli.stand_ins.kinds import ACCOUNT, As
from installation.opening import opened
from runtime.messages import tr

app = typer.Typer(help="Dossiers and registries to try with.", no_args_is_help=True, add_completion=False)


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
    for heading in (tr("code"), tr("last 4"), tr("status"), tr("procedure")):
        table.add_column(heading)
    for row in rows:
        table.add_row(row["code"], row["last4"], row["status_text"], row["procedure"])
    Console().print(table)


@app.command()
def registries(as_json: Annotated[bool, typer.Option("--json", help="All fields, as JSON.")] = False) -> None:
    """List the sandbox's entries of public registries; the people in them are fictional."""
    with opened(with_tables=False) as here:
        rows = [
            {"registry": f"sandbox-{matter}", "key": row[KINDS[matter].field], "last4": row["soDienThoai"][-4:], **row}
            for matter, known in registry_rows().items()
            for row in (written(one, here.today()) for one in known)
        ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    table = Table(box=None, header_style="bold")
    for heading in (tr("registry"), tr("key"), tr("last 4")):
        table.add_column(heading)
    for row in rows:
        table.add_row(row["registry"], row["key"], row["last4"])
    Console().print(table)


@app.command()
def outage(switch: Annotated[Switch, typer.Argument(help="on: every look-up fails; off: it works again")]) -> None:
    """Make the sandbox back end fail, and recover."""
    with opened(with_tables=False, with_redis=True) as here:
        turn = here.outage
        turn.turn_on() if switch is Switch.ON else turn.turn_off()
    print(tr("outage {switch}", switch=switch))


@app.command()
def serve(
    kind: Annotated[As, typer.Option("--as", help="which system to stand for")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one")] = 0,
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
) -> None:
    """Serve the sandbox's dossiers or registries as systems of agencies do, until Ctrl-C.

    GET /openapi.json describes it; POST /_mood makes it slow, broken or silent: docs/dossier-sources.md.
    """
    # Late: a web server, which no other command needs.
    from cli.stand_ins.serving import StandIn, serving

    stopped = threading.Event()

    def stop(*_: Any) -> None:
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    with opened(with_tables=False) as here, serving(StandIn(kind, here.now), port, host) as address:
        account = tr("account: {account}", account=f"{ACCOUNT} / {ACCOUNT}")
        described = tr("description: {address}", address=f"{address}/openapi.json")
        print(f"{kind}: {address}  {account}  {described}", flush=True)
        stopped.wait()
