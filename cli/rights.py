"""``motcua rights``: what persons ask for in writing about their data, with the law's clocks."""

from __future__ import annotations

import getpass
from functools import partial
from typing import Annotated

import typer

from cli.moments import read_moment
from contract.wording import Wording
from installation.opening import opened
from runtime.messages import tr
from stores.audit import Deed
from stores.rights import NoSuchWish, Right, Wish, Wishes
from tickets.numbers import grouped

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Number = Annotated[int, typer.Argument(help="Of the wish; `motcua rights list` has it.")]


@app.command()
def asked(
    right: Annotated[Right, typer.Argument(help="What is asked for.")],
    letter: Annotated[str, typer.Option("--letter", help="Its number in your letter book; no name.")],
    at: Annotated[
        str, typer.Option("--at", metavar="MOMENT", help="When it came, as 2026-11-30T08:15; else now.")
    ] = "",
) -> None:
    """Write down what somebody asked for; says by when it must be answered and done.

    Example:  motcua rights asked correct --letter "123/VP"
    """
    with opened() as here:
        moment = read_moment(at, here.now())
        words = partial(_for_officers, here.words.room("centre"))
        wish, ticket = here.data_rights.begin(getpass.getuser(), right, letter, moment, words)
        _show(wish)
        typer.echo(
            tr(
                "ticket {number} in the inbox: {address}",
                number=grouped(ticket.number),
                address=f"/centre/tickets/{ticket.number}",
            )
        )


@app.command()
def answered(number: Number) -> None:
    """The person was answered: that it came, and what happens."""
    _go_on(number, Deed.RIGHT_ANSWERED)


@app.command()
def extended(number: Number) -> None:
    """The end was put off, which the decree allows once, and the person was told why."""
    _go_on(number, Deed.RIGHT_EXTENDED)


@app.command()
def done(number: Number) -> None:
    """It was done."""
    _go_on(number, Deed.RIGHT_DONE)


@app.command("list")
def list_wishes(
    everything: Annotated[bool, typer.Option("--all", help="Those that are done, too.")] = False,
) -> None:
    """What is open, the soonest first."""
    with opened() as here:
        wishes = [wish for wish in Wishes(here.audit).all() if everything or wish.due is not None]
    for wish in sorted(wishes, key=lambda wish: (wish.due is None, wish.due or wish.received_on)):
        _show(wish)
    if not wishes:
        typer.echo(tr("nothing is open"))


def _go_on(number: int, deed: Deed) -> None:
    with opened() as here:
        try:
            wish = here.data_rights.go_on(number, getpass.getuser(), deed)
        except NoSuchWish as error:
            typer.echo(tr("{error}: motcua rights list --all", error=error), err=True)
            raise typer.Exit(1) from None
    _show(wish)


def _for_officers(words: Wording, wish: Wish) -> str:
    """What stands in the ticket."""
    said = partial(words.text, words.default)
    day = "%d/%m/%Y"
    return said(
        "right_words",
        what=said(f"right_{wish.right.value}"),
        letter=wish.letter,
        answer=wish.answer_by.strftime(day),
        done=wish.done_by.strftime(day),
    )


def _show(wish: Wish) -> None:
    if wish.done_on is not None:
        state = tr("done on {day}", day=wish.done_on)
    elif wish.answered_on is None:
        state = tr("to be answered by {answer}, done by {done}", answer=wish.answer_by, done=wish.done_by)
    else:
        state = tr("answered on {answered}, to be done by {done}", answered=wish.answered_on, done=wish.done_by)
    typer.echo(
        tr(
            "wish {number}: {right}, letter {letter}, received {received_on}; {state}",
            number=wish.number,
            right=wish.right,
            letter=wish.letter,
            received_on=wish.received_on,
            state=state,
        )
    )
