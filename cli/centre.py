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
from cli.secret_prompt import ask_secret
from installation.catalogue_desk import ingredients_of
from installation.centre import CentreStores
from installation.opening import opened
from runtime.messages import tr, translated
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
            _fail(tr("there is no trained model: `motcua train`, or publish with --no-model"))
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
        console.print(tr("Nothing has changed: bundle {number} stays on offer.", number=done.number))
        return
    console.print(
        tr(
            "Bundle {number}: {files} files, {size:.1f} MB, made with motcua {program}.",
            number=done.number,
            files=done.files,
            size=done.size / 1e6,
            program=done.program,
        )
    )
    console.print(
        tr(
            "A kiosk with the one before fetches {new_pieces} pieces, {new_bytes:.1f} kB.",
            new_pieces=done.new_pieces,
            new_bytes=done.new_bytes / 1000,
        )
    )


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
    console.print(
        tr("Bundle {number} is offered to {percent} % of the kiosks.", number=done.number, percent=done.percent)
    )


@officer_app.command("add")
def add_officer(
    name: Annotated[str, typer.Argument(help="What they sign in as.")],
    may: Annotated[list[Duty] | None, typer.Option(help="Only this duty; left out: both, or as before.")] = None,
) -> None:
    """Let an officer sign in, or set another password; it is asked for, or read from standard input."""
    password = ask_secret(tr("Password"), again=True)
    with opened() as here:
        try:
            CentreStores(here).officers.set(name, password, may or None)
        except ValueError as error:
            _fail(str(error))
    console.print(tr("{name} may sign in at /centre.", name=name))


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
            _fail(tr("there is no officer {name}", name=name))
    console.print(tr("{name} may no longer sign in.", name=name))


def _fail(message: str) -> NoReturn:
    console.print(translated(message), markup=False)
    raise typer.Exit(1)
