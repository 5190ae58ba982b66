"""``motcua service``: what is out of service, with the sentence citizens hear instead."""

from __future__ import annotations

import getpass
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from cli.tables import print_table
from installation.opening import opened
from runtime.clock import VIETNAM
from runtime.messages import Message, tr
from stores.out_of_service import LONGEST, WrongScope

app = typer.Typer(
    help="Take everything, a channel or a procedure out of service, at once and in every process, and put it back.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Scope = Annotated[str, typer.Argument(help="everything, channel:sms, channel:phone, channel:kiosk, or procedure:CODE.")]


@app.command("list")
def list_off() -> None:
    """What is out of service now."""
    with opened() as here:
        found = here.out_of_service.all()
    if not found:
        typer.echo(tr("Everything is in service."))
        return
    rows = [
        (off.scope, _moment(off.since), _moment(off.until), off.officer, off.words or tr("the usual sentence"))
        for off in found
    ]
    headings = (tr("what"), tr("since"), tr("until"), tr("by"), tr("citizens hear"))
    print_table(Console(highlight=False), headings, rows)


@app.command()
def off(
    what: Scope,
    words: Annotated[
        str,
        typer.Option("--words", help=f"What citizens hear instead, {LONGEST} signs at most; else a usual sentence."),
    ] = "",
    until: Annotated[
        datetime | None,
        typer.Option(help="When it comes back by itself, local time.", formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d"]),
    ] = None,
) -> None:
    """Take something out of service. People in danger are told whom to call all the same.

    Example:  motcua service off procedure:1.001193 --words "Lệ phí đang được kiểm tra. Hãy hỏi ủy ban nhân dân xã."
    """
    ends = until.replace(tzinfo=VIETNAM) if until is not None else None
    with opened() as here:
        if what.startswith("procedure:") and here.catalogue.current(what.removeprefix("procedure:")) is None:
            raise typer.BadParameter(
                Message("there is no procedure {what}: `motcua catalogue list`", what=what.removeprefix("procedure:"))
            )
        try:
            here.out_of_service.take_off(what, getpass.getuser(), words, ends)
        except (WrongScope, ValueError) as error:
            raise typer.BadParameter(str(error)) from None
    typer.echo(tr("{what} is out of service.", what=what))


@app.command()
def on(what: Scope) -> None:
    """Put something back into service."""
    with opened() as here:
        if not here.out_of_service.put_back(what, getpass.getuser()):
            raise typer.BadParameter(
                Message("{what} is in service: `motcua service list` shows what is not", what=what)
            )
    typer.echo(tr("{what} is back in service.", what=what))


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if moment is not None else "-"
