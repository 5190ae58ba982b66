"""``motcua centre``: kiosks, bundles and officers of this centre."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from assistant.model import latest_model
from centre.kiosks import Kiosks, NoSuchKiosk
from centre.officers import Duty
from centre.page.fleet import fleet_row
from installation.catalogue_desk import ingredients_of
from installation.centre import CentreStores
from installation.opening import opened
from stores.audit import Deed

app = typer.Typer(
    help="Kiosks, their bundles, and officers who may sign in to /centre.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
kiosk_app = typer.Typer(help="The kiosks of this centre.", no_args_is_help=True, pretty_exceptions_enable=False)
officer_app = typer.Typer(help="Who may sign in.", no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(kiosk_app, name="kiosk")
app.add_typer(officer_app, name="officer")
console = Console(highlight=False)

Name = Annotated[str, typer.Argument(help="Name or id of the kiosk.")]


@kiosk_app.command("add")
def add_kiosk(name: Annotated[str, typer.Argument(help="What officers call it.")]) -> None:
    """Make a one-time code for a new kiosk; it is shown once."""
    with opened() as here:
        centre = CentreStores(here)
        try:
            code = centre.enrolling.new_code(name)
        except ValueError as error:
            _fail(str(error))
        console.print(code)
        public_url = here.settings.public_url
        address = str(public_url).rstrip("/") if public_url else "https://ADDRESS-OF-THIS-CENTRE"
        console.print("On the box, within 24 hours:")
        # Never broken into lines: it is copied.
        console.print(f"motcua kiosk enrol --centre {address} --code {code}", soft_wrap=True)
        console.print(f"The box then shows this centre's fingerprint: {centre.keys.public.fingerprint}")


@kiosk_app.command("list")
def list_kiosks() -> None:
    """Every kiosk and how it was when it was last heard."""
    with opened() as here:
        centre = CentreStores(here)
        offered = centre.shelf.head()
        say = partial(here.words.room("centre").text, here.settings.cli_language)
        rows = [fleet_row(kiosk, offered[0] if offered else 0, here.now(), say) for kiosk in centre.kiosks.all()]
    if not rows:
        console.print("There is no kiosk yet: `motcua centre kiosk add`.")
        return
    table = Table(box=None, header_style="bold")
    for heading in ("kiosk", "state", "heard", "version", "waiting", "disk", "microphone", "printer"):
        table.add_column(say(heading), overflow="fold")
    for row in rows:
        cells = (row.state, row.heard, row.version, row.queue, row.disk, row.microphone, row.printer)
        table.add_row(row.name, *(cell.words for cell in cells))
    console.print(table)


@kiosk_app.command()
def block(name: Name) -> None:
    """Shut a kiosk out: it is stolen, or sold. It erases the dossiers it holds when it calls next."""
    _change(lambda kiosks: kiosks.block(name), f"kiosk {name}: block")


@kiosk_app.command()
def unblock(name: Name) -> None:
    """Let a kiosk in again."""
    _change(lambda kiosks: kiosks.unblock(name), f"kiosk {name}: unblock")


@kiosk_app.command("keep-only")
def keep_only(
    name: Name,
    agencies: Annotated[
        list[str] | None, typer.Argument(metavar="AGENCY", help="Beginnings of agency codes: H15.50.05.21. None: all.")
    ] = None,
) -> None:
    """Let a kiosk keep only the dossiers of its commune; what it holds of others goes when it calls next."""
    try:
        _change(lambda kiosks: kiosks.keep_only(name, agencies or ()))
    except ValueError as error:
        _fail(str(error))


@kiosk_app.command()
def retire(name: Name) -> None:
    """Take a kiosk off the list for good: it stays shut out, and another box may have its name."""
    _change(lambda kiosks: kiosks.retire(name), f"kiosk {name}: retire")


@app.command()
def publish(
    settings_file: Annotated[
        Path | None, typer.Option("--settings", exists=True, dir_okay=False, help="YAML of settings for kiosks.")
    ] = None,
    model: Annotated[bool, typer.Option(help="Whether the model goes along.")] = True,
    percent: Annotated[int, typer.Option(min=1, max=100, help="Of the kiosks it is offered to at first.")] = 100,
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
            )
        except (ValueError, OSError) as error:
            _fail(str(error))
        here.audit.note(Deed.PUBLISHED, getpass.getuser(), f"bundle {done.number}")
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


def _change(change: Callable[[Kiosks], None], noted: str = "") -> None:
    with opened() as here:
        try:
            change(CentreStores(here).kiosks)
        except NoSuchKiosk as missing:
            _fail(f"there is no kiosk {missing}; `motcua centre kiosk list` shows what there is")
        if noted:
            here.audit.note(Deed.BLOCKED, getpass.getuser(), noted, "command")
    console.print("Done.")


def _fail(message: str) -> NoReturn:
    console.print(message, markup=False)
    raise typer.Exit(1)
