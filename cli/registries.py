"""``motcua registries``: which public registries may be asked, and one question to one of them."""

from __future__ import annotations

import json
import secrets
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from actions.registries.service import Asker
from installation.opening import opened
from runtime.messages import tr, translated
from runtime.registry import RegistryError
from runtime.settings import registries

app = typer.Typer(help="Public registries that may be asked.", no_args_is_help=True, add_completion=False)


@app.command("list")
def list_registries() -> None:
    """Name the registries that are set, with what each is asked for; one that is broken says why."""
    with opened(with_tables=False, with_redis=True) as here:
        for name in registries(here.settings):
            try:
                registry = here.registry(name).registry
            except RegistryError as error:
                print(translated(error), file=sys.stderr)
            else:
                kept = tr("kiosks may keep it") if registry.kept_on_kiosks else tr("no kiosk may keep it")
                print(f"{name}: {next(iter(registry.purpose.values()))} ({kept})")


@app.command()
def ask(
    name: Annotated[str, typer.Argument(help="As `motcua registries list` names it.")],
    key: Annotated[str, typer.Argument(help="What the entry is found by: the number of a card.")],
    proof: Annotated[str, typer.Argument(help="Last four digits of the phone or identity number in the entry.")],
    part: Annotated[str | None, typer.Option(help="What is asked for, as `card`; default: everything.")] = None,
    agreed: Annotated[bool, typer.Option("--agreed", help="The person agreed to the purpose.")] = False,
    language: Annotated[str, typer.Option(help="Of the answer; default: the registry's first.")] = "",
    conversation: Annotated[str | None, typer.Option(help="Any id; tries are counted under it.")] = None,
) -> None:
    """Ask a registry as a conversation would and print the outcome as JSON.

    Example:  motcua registries ask sandbox-insurance DN4000000000901 0901 --agreed
    """
    with opened(with_redis=True) as here:
        if name not in registries(here.settings):
            print(
                tr("{name}: not in MOTCUA_REGISTRIES={registries}", name=name, registries=here.settings.registries),
                file=sys.stderr,
            )
            raise typer.Exit(1)
        try:
            asker = Asker(conversation or secrets.token_hex(8), language=language)
            registry = here.registry(name)
            read = registry.read_key(key, here.today())
            if read is None:
                print(f"{name}: {registry.asks_key(language)}", file=sys.stderr)
                raise typer.Exit(1)
            outcome = registry.ask(read, proof, asker, has_agreed=agreed, part=part)
        except ValueError as error:
            print(translated(error), file=sys.stderr)
            raise typer.Exit(1) from None
    print(json.dumps({"outcome": type(outcome).__name__, **asdict(outcome)}, ensure_ascii=False, default=str))
