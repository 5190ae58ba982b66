"""``motcua audit``: the log of who did what, and whether anything in it was changed."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from installation.opening import opened

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command("list")
def list_entries(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, for programs.")] = False,
) -> None:
    """The newest entries."""
    with opened() as here:
        for entry in here.audit.entries(limit):
            fields = {"id": entry.id, "at": entry.at.isoformat(), "deed": entry.deed, "who": entry.who}
            fields |= {"what": entry.what, "channel": entry.channel}
            line = json.dumps(fields, ensure_ascii=False) if as_json else "  ".join(map(str, fields.values()))
            typer.echo(line)


@app.command()
def verify() -> None:
    """Follow the chain of the log; says what was changed, left out or put in, and ends with 1 then."""
    with opened() as here:
        verdict = here.audit.verify()
    for fault in verdict.faults:
        typer.echo(fault, err=True)
    state = "whole" if verdict.is_whole else f"not whole: {len(verdict.faults)} faults"
    typer.echo(f"{verdict.entries} entries, {verdict.checkpoints} checkpoints: {state}")
    raise typer.Exit(0 if verdict.is_whole else 1)
