"""A password or passphrase asked for at the terminal, unseen."""

from __future__ import annotations

import typer

from runtime.messages import tr


def ask_secret(what: str, *, again: bool) -> str:
    """Ask for a secret until something is typed; with ``again`` until it was typed twice alike.

    click asks a second time by itself, but in English alone.
    """
    while True:
        given: str = typer.prompt(what, hide_input=True)
        if not again or typer.prompt(tr("The same once more"), hide_input=True) == given:
            return given
        typer.echo(tr("The two were not the same: type it again."), err=True)
