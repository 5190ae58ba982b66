"""``motcua centre``: kiosks, bundles and officers of this centre."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from assistant.model import latest_model
from centre.officers import Duty
from cli import centre_kiosks
from installation.catalogue_desk import ingredients_of
from installation.centre import CentreStores
from installation.opening import opened
from stores.audit import Deed

app = typer.Typer(
    help="Kiosks, their bundles, and officers who may sign in to /centre.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
officer_app = typer.Typer(help="Who may sign in.", no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(centre_kiosks.app, name="kiosk")
app.add_typer(officer_app, name="officer")
console = Console(highlight=False)


@app.command()
def publish(
    settings_file: Annotated[
        Path | None, typer.Option("--settings", exists=True, dir_okay=False, help="YAML of settings for kiosks.")
    ] = None,
    model: Annotated[bool, typer.Option(help="Whether the model goes along.")] = True,
    percent: Annotated[int, typer.Option(min=1, max=100, help="Of the kiosks it is offered to at first.")] = 100,
    urgent: Annotated[
        bool, typer.Option("--urgent", help="To all kiosks, before an older bundle that is still on its way to one.")
    ] = False,
) -> None:
    """Sign what this installation runs with as a bundle and offer it to kiosks; those with a good line tell it minutes
    later."""
    with opened() as here:
        centre = CentreStores(here)
        if model and not latest_model(here.settings).exists():
            _fail("there is no trained model: `motcua train`, or publish with --no-model")
        before = centre.shelf.head()
        try:
            done = centre.shelf.publish(
                ingredients_of(here, with_model=model, settings_file=settings_file),
                above=centre.kiosks.highest_bundle(),
                percent=percent,
                urgent=urgent,
            )
        except (ValueError, OSError) as error:
            _fail(str(error))
        here.audit.note(Deed.PUBLISHED, getpass.getuser(), f"bundle {done.number}{', urgent' if urgent else ''}")
    if before is not None and done.number == before[0]:
        console.print(f"Nothing has changed: bundle {done.number} stays on offer.")
        return
    console.print(
        f"Bundle {done.number}: {done.files} files, {done.size / 1e6:.1f} MB, made with motcua {done.program}."
    )
    console.print(f"A kiosk with the one before fetches {done.new_pieces} pieces, {done.new_bytes / 1000:.1f} kB.")


@app.command()
def rollout(
    percent: Annotated[int, typer.Argument(min=0, max=100, help="Of the kiosks; 0 stops it, who has it keeps it.")],
) -> None:
    """Offer the newest bundle to more kiosks, or stop it; the way back is to publish what was before."""
    with opened() as here:
        try:
            done = CentreStores(here).shelf.roll_out(percent)
        except ValueError as error:
            _fail(str(error))
        here.audit.note(Deed.PUBLISHED, getpass.getuser(), f"bundle {done.number} to {done.percent} %")
    console.print(f"Bundle {done.number} is offered to {done.percent} % of the kiosks.")


@officer_app.command("add")
def add_officer(
    name: Annotated[str, typer.Argument(help="What they sign in as.")],
    may: Annotated[list[Duty] | None, typer.Option(help="Only this duty; left out: both, or as before.")] = None,
) -> None:
    """Let an officer sign in, or set another password; it is asked for, or read from standard input."""
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    with opened() as here:
        try:
            CentreStores(here).officers.set(name, password, may or None)
        except ValueError as error:
            _fail(str(error))
    console.print(f"{name} may sign in at /centre.")


@officer_app.command("list")
def list_officers() -> None:
    """Who may sign in, and what for."""
    with opened() as here:
        for officer in CentreStores(here).officers.all():
            console.print(f"{officer.name}: {', '.join(sorted(officer.may))}", markup=False)


@officer_app.command("remove")
def remove_officer(name: Annotated[str, typer.Argument(help="Whose access ends.")]) -> None:
    """End an officer's access at once."""
    with opened() as here:
        if not CentreStores(here).officers.remove(name):
            _fail(f"there is no officer {name}")
    console.print(f"{name} may no longer sign in.")


def _fail(message: str) -> NoReturn:
    console.print(message, markup=False)
    raise typer.Exit(1)
