"""``motcua doctor``: what to mend, and how."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console

from installation.doctor.finding import Finding, Level
from installation.doctor.looks import look_at
from installation.opening import opened
from runtime.messages import Message, tr, translated
from runtime.settings import SettingsError

MARK_WIDTH = 7
"""Of the longest mark, so that the findings stand one below the other."""

_MARKS = {
    Level.OK: ("green", Message("ok")),
    Level.WARNING: ("yellow", Message("warning")),
    Level.WRONG: ("red", Message("wrong")),
}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="JSON, for programs.")] = False) -> None:
    """Look at settings, key, data, disk, ports, stores, clock, model, routes, certificates, kiosks and backups.

    Changes nothing. Run it as the user the system runs as, with its settings. Ends with 1 when something is wrong.

    Example:  motcua doctor --json
    """
    try:
        with opened(with_tables=False) as here:
            found = list(look_at(here))
    except SettingsError as error:
        found = [
            Finding("settings", Level.WRONG, line, tr("`motcua settings` lists them with what is allowed"))
            for line in translated(error).splitlines()
        ]
    if as_json:
        typer.echo(json.dumps([finding.fields() for finding in found], ensure_ascii=False, indent=2))
    else:
        console = Console(highlight=False, soft_wrap=True)
        for finding in found:
            style, mark = _MARKS[finding.level]
            console.print(f"[{style}]{translated(mark):<{MARK_WIDTH}}[/{style}] {finding.check}: ", end="")
            console.print(finding.said, markup=False)
            if finding.cure and finding.level is not Level.OK:
                console.print(" " * (MARK_WIDTH + 3) + finding.cure, markup=False)
    if any(finding.level is Level.WRONG for finding in found):
        raise typer.Exit(1)
