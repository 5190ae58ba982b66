"""``motcua audit``: the log of who did what, and whether anything in it was changed."""

from __future__ import annotations

import getpass
import json
from datetime import timedelta
from typing import Annotated, Final

import typer

from installation.opening import opened
from runtime.messages import tr, translated
from stores.audit import Deed

HASH_SHOWN: Final = 12
"""Signs of a keyed hash: enough to tell askers and dossiers apart, and to find their rows in the database."""

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


@app.command("look-ups")
def look_ups(
    dossier: Annotated[
        str, typer.Option("--dossier", metavar="CODE", help="Only look-ups of this dossier, as its slip has it.")
    ] = "",
    days: Annotated[int, typer.Option(min=1, max=3650, help="Not older than so many days.")] = 30,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, for programs.")] = False,
) -> None:
    """Who looked dossiers up: when, by which channel, for what, with what outcome. Reading it is noted in the log.

    Who and what stand as keyed hashes: the same hash is the same asker, or the same dossier, and nobody's number.
    """
    with opened() as here:
        here.audit.note(Deed.LOOKED, getpass.getuser(), "look-ups of a dossier" if dossier else "look-ups", "command")
        since = here.now() - timedelta(days=days)
        rows = here.look_ups.rows(since, limit, dossier.strip().upper() or None)
        totals = here.look_ups.since(since) if not dossier else {}
    for row in rows:
        fields = {"at": row.at.isoformat(), "who": row.who[:HASH_SHOWN], "dossier": row.dossier[:HASH_SHOWN]}
        fields |= {"channel": row.channel, "purpose": row.purpose, "outcome": row.outcome}
        line = json.dumps(fields, ensure_ascii=False) if as_json else "  ".join(fields.values())
        typer.echo(line)
    if not as_json:
        for (channel, outcome), count in sorted(totals.items()):
            typer.echo(f"{channel or '-'}  {outcome}: {count}")
        typer.echo(tr("{count} look-ups of the last {days} days shown", count=len(rows), days=days))


@app.command()
def verify() -> None:
    """Follow the chain of the log; says what was changed, left out or put in, and ends with 1 then."""
    with opened() as here:
        verdict = here.audit.verify()
    for fault in verdict.faults:
        typer.echo(translated(fault), err=True)
    state = tr("whole") if verdict.is_whole else tr("not whole: {count} faults", count=len(verdict.faults))
    typer.echo(
        tr(
            "{entries} entries, {checkpoints} checkpoints: {state}",
            entries=verdict.entries,
            checkpoints=verdict.checkpoints,
            state=state,
        )
    )
    raise typer.Exit(0 if verdict.is_whole else 1)
