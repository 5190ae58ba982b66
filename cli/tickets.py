"""``motcua tickets``: what citizens ask officers to do."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from functools import partial
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from channels.sms.queue.wake import Wake
from cli.tables import print_table
from installation.opening import opened
from installation.root import Installation
from installation.text_messages import TextMessageStores
from runtime.clock import VIETNAM
from runtime.messages import Message, tr
from tickets.desk import Desk, HeldByAnother
from tickets.numbers import DIGITS, grouped, is_number
from tickets.store import NoSuchTicket, Wanted
from tickets.ticket import Outcome, Ticket, TicketState

app = typer.Typer(
    help="Call-backs and reports citizens asked for. Opening one is noted with the officer's name.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
console = Console(highlight=False)

T = TypeVar("T")

Number = Annotated[str, typer.Argument(help="The ticket's eight digits, with or without spaces.")]


@app.command("list")
def list_tickets(
    state: Annotated[TicketState | None, typer.Option(help="Only tickets in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
) -> None:
    """The tickets, the oldest first, without what citizens said."""
    with opened() as here:
        say = _saying(here)
        found = here.tickets.find(Wanted(states=(state,) if state else None), limit=limit)
    if not found:
        console.print(say("no_tickets"))
        return
    rows = [
        (
            grouped(ticket.number),
            say(f"kind_{ticket.draft.kind.value}"),
            say(f"state_{ticket.state.value}"),
            _time(ticket),
            say(f"channel_{ticket.draft.channel}"),
            ticket.draft.origin or say("centre"),
        )
        for ticket in found
    ]
    print_table(console, [say(name) for name in ("number", "kind", "state", "at", "channel", "from")], rows)


@app.command()
def show(number: Number) -> None:
    """One ticket with what the citizen said and the number to call; the look is noted."""
    with opened() as here:
        _print(_tried(lambda: here.tickets.open(_read(number), getpass.getuser())), _saying(here))


@app.command()
def take(number: Number) -> None:
    """Hold a ticket, so that nobody else works on it."""
    _do(number, lambda desk, digits: desk.claim(digits, getpass.getuser()))


@app.command()
def done(number: Number) -> None:
    """Mark a ticket as done; it is erased after its time."""
    _do(number, lambda desk, digits: desk.close(digits, getpass.getuser(), Outcome.SOLVED))


def _do(number: str, deed: Callable[[Desk, str], None]) -> None:
    digits = _read(number)
    with opened() as here:
        try:
            _tried(lambda: deed(TextMessageStores(here).desk(Wake(here.redis)), digits))
        except HeldByAnother as held:
            console.print(
                tr(
                    "{officer} holds ticket {digits}; nothing was changed.",
                    officer=held.officer,
                    digits=grouped(digits),
                )
            )
            raise typer.Exit(1) from None
        ticket, say = here.tickets.get(digits), _saying(here)
    console.print(f"{say('ticket', number=grouped(ticket.number))}: {say(f'state_{ticket.state.value}')}.")


def _saying(here: Installation) -> Callable[..., str]:
    """The words of the operations centre, in the command line's language."""
    return partial(here.words.room("centre").text, here.settings.cli_language)


def _print(ticket: Ticket, say: Callable[..., str]) -> None:
    draft = ticket.draft
    kind, state = say(f"kind_{draft.kind.value}"), say(f"state_{ticket.state.value}")
    console.print(f"[bold]{say('ticket', number=grouped(ticket.number))}[/bold]: {kind}, {state}")
    for name, value in (
        ("at", _time(ticket)),
        ("contact", draft.contact or say("contact_none" if ticket.is_readable else "contact_sealed")),
        ("words", draft.words),
        ("place", draft.place),
        ("procedure", draft.procedure),
    ):
        if value:
            console.print(f"  {say(name)}: {value}", markup=False)


def _time(ticket: Ticket) -> str:
    return f"{ticket.created_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def _read(number: str) -> str:
    digits = "".join(number.split())
    if not is_number(digits):
        raise typer.BadParameter(
            Message(
                "{number} is no ticket number: {digits} digits, see `motcua tickets list`", number=number, digits=DIGITS
            )
        )
    return digits


def _tried(work: Callable[[], T]) -> T:
    try:
        return work()
    except NoSuchTicket as missing:
        console.print(
            tr(
                "There is no ticket {missing}; `motcua tickets list` shows what there is.",
                missing=grouped(str(missing)),
            )
        )
        raise typer.Exit(1) from None
