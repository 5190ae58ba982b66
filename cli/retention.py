"""``motcua retention``: what this installation stores, how long, by which rule, and which code deletes it."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from importlib import import_module
from typing import Annotated

import typer
from rich.console import Console

from runtime import settings as settings_module
from runtime.messages import Message, tr, translated
from runtime.retention import StoredKind, stored_kinds
from runtime.settings import PREFIX, Settings

PATIENCE_SECONDS = 60.0
"""How long ``--now`` waits for files to be written anew."""

_UNITS = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86_400.0}
_PROOF = {
    "wishes": Message("wishes"),
    "asked_at": Message("asked_at"),
    "channel": Message("channel"),
    "rows_gone_at": Message("rows_gone_at"),
    "traces_gone_at": Message("traces_gone_at"),
    "days": Message("days"),
    "day": Message("day"),
    "kind": Message("kind"),
    "runs": Message("runs"),
    "entries": Message("entries"),
    "failures": Message("failures"),
}
"""What stands in the proof, by its name in JSON."""
_COUNTED = {
    "seconds": (Message("{count} second"), Message("{count} seconds")),
    "minutes": (Message("{count} minute"), Message("{count} minutes")),
    "hours": (Message("{count} hour"), Message("{count} hours")),
    "days": (Message("{count} day"), Message("{count} days")),
}


def retention(
    as_json: Annotated[bool, typer.Option("--json", help="JSON, for programs.")] = False,
    now: Annotated[bool, typer.Option("--now", help="Delete what is due now, and what files tell of it.")] = False,
    proof: Annotated[bool, typer.Option("--proof", help="What was deleted in the last 30 days, and when.")] = False,
) -> None:
    """What is stored, how long, by which rule, and which code deletes it.

    Example:  motcua retention --json
    """
    if now:
        raise typer.Exit(_delete_now())
    if proof:
        _tell_proof(as_json)
        return
    settings = settings_module.load()
    rows = [_row(kind, settings) for kind in stored_kinds().values()]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False, soft_wrap=True)
    for row in rows:
        by = f" ({row['by']})" if row["by"] else ""
        console.print(f"[bold]{row['name']}[/bold]: {row['kept']}{by}")
        for heading, told in ((tr("what"), "what"), (tr("rule"), "rule"), (tr("deleted by"), "deleted_by")):
            console.print(f"  {heading}: {row[told]}", markup=False)


def _delete_now() -> int:
    """Run the worker's job until files tell nothing any more either; the exit status."""
    from installation.opening import opened
    from installation.retention import retention_job
    from installation.text_messages import TextMessageStores

    with opened(with_redis=True) as here:
        job = retention_job(here, TextMessageStores(here).records)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            job.run()
            if here.erasures.traces_left_since() is None:
                break
            if time.monotonic() > deadline:
                typer.echo(tr("Some files are still being written anew; the worker goes on: motcua retention --proof"))
                return 1
            time.sleep(0.2)
        waiting = len(here.erasures.open())
    typer.echo(tr("Deleted what is due."))
    if waiting:
        typer.echo(tr("{waiting} wishes wait for messages on their way.", waiting=waiting))
    return 0


def _tell_proof(as_json: bool) -> None:
    from installation.opening import opened

    with opened() as here:
        days = here.erasures.days(here.today() - timedelta(days=30))
        wishes = here.erasures.proofs()
    found: dict[str, list[dict[str, object]]] = {
        "wishes": [
            {
                "asked_at": wish.asked_at.isoformat(),
                "channel": wish.channel,
                "rows_gone_at": wish.rows_gone_at and wish.rows_gone_at.isoformat(),
                "traces_gone_at": wish.traces_gone_at and wish.traces_gone_at.isoformat(),
            }
            for wish in wishes
        ],
        "days": [
            {"day": str(day.day), "kind": day.kind, "runs": day.runs, "entries": day.entries, "failures": day.failures}
            for day in days
        ],
    }
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for heading, rows in found.items():
        typer.echo(f"{translated(_PROOF[heading])}:")
        for row in rows:
            told = (f"{translated(_PROOF[name])} {'-' if value is None else value}" for name, value in row.items())
            typer.echo("  " + "  ".join(told))


def kept_for(kind: StoredKind, settings: Settings) -> timedelta | None:
    """How long a kind is kept with these settings; None where an event ends it."""
    if kind.setting is not None:
        return _time(kind.setting, getattr(settings, kind.setting))
    if kind.constant is not None:
        module, name = kind.constant.split(":")
        return _time(name, getattr(import_module(module), name))
    return None


def _row(kind: StoredKind, settings: Settings) -> dict[str, object]:
    seconds = kept_for(kind, settings)
    return {
        "name": kind.name,
        "what": tr(kind.what),
        "kept": tr(kind.until or "") if seconds is None else _spoken(seconds),
        "seconds": None if seconds is None else seconds.total_seconds(),
        "by": f"{PREFIX}{kind.setting.upper()}" if kind.setting else kind.constant,
        "rule": tr(kind.rule),
        "deleted_by": kind.deleted_by,
        "tables": list(kind.tables),
        "redis": list(kind.redis),
        "files": list(kind.files),
    }


def _time(name: str, value: object) -> timedelta:
    """A value with its unit: a timedelta knows it, a number has it at the end of its name."""
    if isinstance(value, timedelta):
        return value
    assert isinstance(value, int | float)
    return timedelta(seconds=value * _UNITS[name.lower().rpartition("_")[2]])


def _spoken(time: timedelta) -> str:
    """In the largest unit that divides it: 30 days, 90 minutes."""
    seconds = time.total_seconds()
    unit = next(unit for unit in reversed(_UNITS) if seconds % _UNITS[unit] == 0)
    count = int(seconds / _UNITS[unit])
    one, more = _COUNTED[unit]
    return tr(one if count == 1 else more, count=count)
