"""``motcua breach``: the record of breaches of personal data and its 72 hours."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer

from cli.moments import read_moment
from installation.opening import opened
from runtime.clock import VIETNAM
from runtime.messages import tr
from stores.breaches import Breach, Breaches, NoSuchBreach, Part, Told

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Number = Annotated[int, typer.Argument(help="Of the breach; `motcua breach list` has it.")]
At = Annotated[str, typer.Option("--at", metavar="MOMENT", help="When, as 2026-11-30T08:15; now unless it is given.")]


@app.command()
def found(words: Annotated[str, typer.Argument(help="What happened, in a sentence.")], at: At = "") -> None:
    """Write down that a breach was detected. From that moment there are 72 hours to tell the authority.

    Example:  motcua breach found "a lap-top with a backup was stolen" --at 2026-11-30T08:15
    """
    with opened() as here:
        breach = Breaches(here.audit).begin(getpass.getuser(), words, read_moment(at, here.now()))
        _show(breach, here.now())
    typer.echo(tr("do not wait until all is known: motcua breach note, and tell the authority with what there is"))


@app.command()
def note(
    number: Number,
    part: Annotated[Part, typer.Argument(help="What it is about.")],
    words: Annotated[str, typer.Argument(help="What is known. Numbers and names of persons are taken out.")],
) -> None:
    """Add to what is known.

    Example:  motcua breach note 17 persons "about 400"
    """
    with opened() as here:
        _show(
            _known(lambda: Breaches(here.audit).describe(number, getpass.getuser(), part, words)),
            here.now(),
        )


@app.command()
def told(number: Number, whom: Annotated[Told, typer.Argument(help="Whom.")], at: At = "") -> None:
    """Write down that the authority, the controller or the persons were told.

    Example:  motcua breach told 17 authority
    """
    with opened() as here:
        moment = read_moment(at, here.now())
        _show(
            _known(lambda: Breaches(here.audit).tell(number, getpass.getuser(), whom, moment)),
            here.now(),
        )


@app.command("list")
def list_breaches() -> None:
    """Each breach, how much time is left, and what nobody has written down yet."""
    with opened() as here:
        kept = Breaches(here.audit).all()
        for breach in kept:
            _show(breach, here.now())
    if not kept:
        typer.echo(tr("no breach is on record"))


@app.command()
def report(number: Number) -> None:
    """What form 08 of decree 356/2025/NĐ-CP asks for, as JSON: to be copied into the form."""
    with opened() as here:
        breach = _known(lambda: Breaches(here.audit).one(number))
    fields = {
        "breach": breach.number,
        "found_at": breach.found_at.isoformat(),
        "deadline": breach.deadline.isoformat(),
        "lacking": breach.lacking,
        **{part.value: breach.parts.get(part, []) for part in Part},
        "told": {whom.value: at.isoformat() for whom, at in breach.told.items()},
    }
    typer.echo(json.dumps(fields, ensure_ascii=False, indent=2))


def _known(act: Callable[[], Breach]) -> Breach:
    try:
        return act()
    except NoSuchBreach as error:
        typer.echo(tr("{error}: motcua breach list", error=error), err=True)
        raise typer.Exit(1) from None


def _show(breach: Breach, now: datetime) -> None:
    hours = breach.hours_left(now)
    if hours is None:
        state = tr("told")
    elif hours >= 0:
        state = tr("{hours:.0f} hours left", hours=hours)
    else:
        state = tr("{hours:.0f} HOURS TOO LATE", hours=-hours)
    lacks = tr("; not written down: {lacking}", lacking=", ".join(breach.lacking)) if breach.lacking else ""
    until = breach.deadline.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")
    typer.echo(
        tr(
            "breach {number}: the authority until {until}, {state}{lacks}",
            number=breach.number,
            until=until,
            state=state,
            lacks=lacks,
        )
    )
