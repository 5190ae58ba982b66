"""Entry point of ``motcua``."""

from __future__ import annotations

import sys

import typer

from assistant import logs
from assistant.settings import SettingsError
from cli import catalogue, learn, learning, operating, sandbox, talking, up

app = typer.Typer(
    name="motcua",
    help="Một Cửa: a public-service assistant by SMS, telephone and kiosk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up.up)
app.command()(talking.ask)
app.command()(talking.understand)
app.command()(learning.train)
app.command(name="eval")(learning.evaluate)
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(learning.rasa)
app.command()(operating.settings)
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(learn.app, name="learn")
app.add_typer(sandbox.app, name="sandbox")


def main() -> None:
    """Run a command; a wrong setting is told in one line, without a stack trace."""
    logs.configure("WARNING", "motcua")
    try:
        app()
    except SettingsError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
