"""``motcua centre kiosk``: enrol boxes, look at them, order something of them, shut them out, replace them."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from functools import partial
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from centre.kiosks import Kiosk, Kiosks, NoSuchKiosk
from centre.orders import NoSuchOrder
from centre.page.box import health_row, order_row
from centre.page.fleet import fleet_row
from centre.page.words import Say
from cli.tables import print_table
from installation.centre import CentreStores
from installation.opening import opened
from installation.root import Installation
from kiosk.protocol.messages import OrderKind
from language.communes.naming import named
from language.communes.register import Commune, communes
from runtime.messages import tr, translated
from stores.audit import Deed

app = typer.Typer(help="The kiosks of this centre.", no_args_is_help=True, pretty_exceptions_enable=False)
console = Console(highlight=False)

Name = Annotated[str, typer.Argument(help="Name or id of the kiosk.")]


@app.command("add")
def add_kiosk(name: Annotated[str, typer.Argument(help="What officers call it.")]) -> None:
    """Make a one-time code for a new kiosk; it is shown once."""
    with opened() as here:
        centre = CentreStores(here)
        try:
            code = centre.enrolling.new_code(name)
        except ValueError as error:
            _fail(str(error))
        _show_code(here, centre, code)


@app.command("list")
def list_kiosks() -> None:
    """Every kiosk and how it was when it was last heard."""
    with opened() as here:
        centre = CentreStores(here)
        offered = centre.shelf.head()
        say = _words(here)
        rows = [fleet_row(kiosk, offered[0] if offered else 0, here.now(), say) for kiosk in centre.kiosks.all()]
    if not rows:
        console.print(tr("There is no kiosk yet: `motcua centre kiosk add`."))
        return
    names = ("kiosk", "state", "heard", "version", "waiting", "disk", "microphone", "printer")
    shown = [
        (
            row.name,
            *(cell.words for cell in (row.state, row.heard, row.version, row.queue)),
            *(cell.words for cell in (row.disk, row.microphone, row.printer)),
        )
        for row in rows
    ]
    print_table(console, [say(name) for name in names], shown)


@app.command()
def block(name: Name) -> None:
    """Shut a kiosk out: it is stolen, or sold. It erases the dossiers it holds when it calls next."""
    _change(name, Kiosks.block)


@app.command()
def unblock(name: Name) -> None:
    """Let a kiosk in again."""
    _change(name, Kiosks.unblock)


@app.command("keep-only")
def keep_only(
    name: Name,
    agencies: Annotated[
        list[str] | None, typer.Argument(metavar="AGENCY", help="Beginnings of agency codes: H15.50.05.21. None: all.")
    ] = None,
) -> None:
    """Let a kiosk keep only the dossiers of its commune; what it holds of others goes when it calls next."""
    try:
        with opened() as here:
            kiosk = _kiosk(here, name)
            CentreStores(here).kiosks.keep_only(kiosk.id, agencies or ())
            what = f"kiosk {kiosk.id}: {' '.join(agencies or ()) or 'all'}"
            here.audit.note(Deed.KIOSK_KEEPS, getpass.getuser(), what, "command")
    except ValueError as error:
        _fail(str(error))
    console.print(tr("Done."))


@app.command()
def place(
    name: Name,
    commune: Annotated[
        str | None,
        typer.Argument(help="Its name with what it is (xa Tan Lap), or its five digits. None: not known."),
    ] = None,
) -> None:
    """Say in which commune a kiosk stands: maps show it there, and reports made at it that name none lie there."""
    with opened() as here:
        kiosk = _kiosk(here, name)
        found = _commune(commune, here.settings.province) if commune else None
        code = found.code if found is not None else ""
        CentreStores(here).kiosks.place(kiosk.id, code)
        here.audit.note(Deed.KIOSK_PLACED, getpass.getuser(), f"kiosk {kiosk.id}: {code or 'unknown'}", "command")
    if found is None:
        console.print(tr("Where {name} stands is not known any more.", name=kiosk.name), markup=False)
    else:
        console.print(tr("{name} stands in {commune} ({code}).", name=kiosk.name, commune=found.name, code=code))


@app.command()
def retire(name: Name) -> None:
    """Take a kiosk off the list for good: it stays shut out, and another box may have its name."""
    _change(name, Kiosks.retire)


@app.command()
def replace(name: Name) -> None:
    """Let a spare box take a kiosk's place: its key is void at once, and the code shown gives the spare its name."""
    with opened() as here:
        centre = CentreStores(here)
        kiosk = _kiosk(here, name)
        code = centre.enrolling.code_to_replace(kiosk.id, getpass.getuser(), "command")
        _show_code(here, centre, code)


@app.command()
def ask(
    name: Name,
    what: Annotated[
        OrderKind, typer.Argument(help="restart: all its programs, once nobody stands there; log: its newest lines.")
    ],
) -> None:
    """Order something of a kiosk; it does it when it calls next. Its screen cannot be asked for."""
    with opened() as here:
        id = CentreStores(here).orders.give(_kiosk(here, name), what, getpass.getuser(), "command")
    console.print(tr("Ordered: {what} {id}. `motcua centre kiosk history` shows what became of it.", what=what, id=id))


@app.command()
def log(
    name: Name,
    order: Annotated[str | None, typer.Argument(help="Id of the order that brought it; left out: the newest.")] = None,
) -> None:
    """What a kiosk has sent of its log, personal data struck out."""
    with opened() as here:
        kiosk, orders = _kiosk(here, name), CentreStores(here).orders
        wanted = order or next((one.id for one in orders.of(kiosk) if one.has_log), "")
        try:
            lines = orders.read_log(kiosk, wanted, getpass.getuser(), "command")
        except NoSuchOrder:
            _fail(tr("no log of {name} has come: `motcua centre kiosk ask` orders one", name=kiosk.name))
    console.print(lines, markup=False, soft_wrap=True)


@app.command()
def history(name: Name) -> None:
    """How a kiosk was in the last fourteen days, and what was ordered of it."""
    with opened() as here:
        kiosk, centre, say = _kiosk(here, name), CentreStores(here), _words(here)
        days = [health_row(day, say) for day in centre.health.days(kiosk.id)]
        orders = [order_row(one, say) for one in centre.orders.of(kiosk)]
    names = ("day", "health_hours", "health_starts", "version", "waiting", "disk", "microphone", "printer")
    shown = [
        (
            *(day.day, day.heard.words, day.starts, day.bundles, day.waiting, day.disk),
            *(day.microphone.words, day.printer.words),
        )
        for day in days
    ]
    print_table(console, [say(name) for name in names], shown)
    if orders:
        headings = [say(name) for name in ("order", "at", "ordered_by", "order_state")]
        told = [(f"{one.kind} {one.id}", one.asked, one.officer, one.outcome) for one in orders]
        print_table(console, headings, told)


def _words(here: Installation) -> Say:
    return partial(here.words.room("centre").text, here.settings.cli_language)


def _show_code(here: Installation, centre: CentreStores, code: str) -> None:
    console.print(code)
    public_url = here.settings.public_url
    address = str(public_url).rstrip("/") if public_url else "https://ADDRESS-OF-THIS-CENTRE"
    console.print(tr("On the box, within 24 hours:"))
    # Never broken into lines: it is copied.
    console.print(f"motcua kiosk enrol --centre {address} --code {code}", soft_wrap=True)
    console.print(
        tr("The box then shows this centre's fingerprint: {fingerprint}", fingerprint=centre.keys.public.fingerprint)
    )


def _kiosk(here: Installation, name: str) -> Kiosk:
    try:
        return CentreStores(here).kiosks.find(name)
    except NoSuchKiosk as missing:
        _fail(tr("there is no kiosk {missing}; `motcua centre kiosk list` shows what there is", missing=missing))


def _commune(given: str, province: str) -> Commune:
    """The one commune that is meant."""
    if given in communes():
        return communes()[given]
    found = named(given, province)
    if found is None:
        _fail(
            tr("no one commune is called {given}: give its name with what it is (xa Tan Lap) or its code", given=given)
        )
    if len(found.communes) > 1:
        parts = ", ".join(f"{one.name} ({one.code})" for one in found.communes)
        _fail(tr("{given} lies in several communes now, give the code of one: {parts}", given=found.name, parts=parts))
    return found.communes[0]


def _change(name: str, change: Callable[[Kiosks, str], Kiosk]) -> None:
    with opened() as here:
        kiosk = change(CentreStores(here).kiosks, _kiosk(here, name).id)
        what = f"kiosk {kiosk.id}: {change.__name__}, key {kiosk.public.fingerprint}"
        here.audit.note(Deed.BLOCKED, getpass.getuser(), what, "command")
    console.print(tr("Done."))


def _fail(message: str) -> NoReturn:
    console.print(translated(message), markup=False)
    raise typer.Exit(1)
