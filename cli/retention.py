"""``motcua retention``: what this installation stores, how long, by which rule, and which code deletes it."""

from __future__ import annotations

import json
from datetime import timedelta
from importlib import import_module
from typing import Annotated

import typer
from rich.console import Console

from runtime import settings as settings_module
from runtime.retention import StoredKind, stored_kinds
from runtime.settings import PREFIX, Settings

_UNITS = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86_400.0}


def retention(
    as_json: Annotated[bool, typer.Option("--json", help="JSON, for programs.")] = False,
) -> None:
    """What is stored, how long, by which rule, and which code deletes it.

    Example:  motcua retention --json
    """
    settings = settings_module.load()
    rows = [_row(kind, settings) for kind in stored_kinds().values()]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False, soft_wrap=True)
    for row in rows:
        by = f" ({row['by']})" if row["by"] else ""
        console.print(f"[bold]{row['name']}[/bold]: {row['kept']}{by}")
        for heading in ("what", "rule", "deleted_by"):
            console.print(f"  {heading.replace('_', ' ')}: {row[heading]}", markup=False)


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
        "what": kind.what,
        "kept": kind.until if seconds is None else _spoken(seconds),
        "seconds": None if seconds is None else seconds.total_seconds(),
        "by": f"{PREFIX}{kind.setting.upper()}" if kind.setting else kind.constant,
        "rule": kind.rule,
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
    return f"{count} {unit if count != 1 else unit[:-1]}"
