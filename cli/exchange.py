"""``motcua exchange``: partner agencies, the keys this one signs with, and what waits for others."""

from __future__ import annotations

import getpass
import json
import re
from collections.abc import Callable
from typing import Annotated, NoReturn

import typer

from centre.exchange.line import who_is
from installation.exchange import outbox_of
from installation.opening import opened
from installation.root import Installation
from runtime.messages import Message, tr, translated
from tickets.exchange.messages import AGENCY
from tickets.exchange.partners import BadPartner, Partner, fingerprint

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

_CURES = {
    "code": Message("there is no partner with this code, or it is no code of an agency: it looks like H15.50.05.13"),
    "name": Message("the name is empty or longer than 120 signs"),
    "address": Message(
        "the address must begin with https:// (http only on this machine), without user, query or fragment"
    ),
    "keys": Message("a key is no whpk_ key, is missing, or is another agency's"),
    "away": Message("no agency answers at this address"),
    "busy": Message("a case with this agency is still open, or an erasure is not confirmed: motcua exchange waiting"),
}

Code = Annotated[str, typer.Argument(help="Of the agency, such as H15.07.")]


@app.command()
def show() -> None:
    """This agency: its code, and its public keys with their fingerprints, to be read to a partner by telephone."""
    with opened() as here:
        _own(here)
        typer.echo(f"{here.settings.exchange_agency}  {here.settings.exchange_name}")
        for key in here.partners.public_keys():
            typer.echo(f"{fingerprint(key)}  {key}")


@app.command("list")
def list_partners(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Every partner, whether it is on, and the fingerprints of its keys."""
    with opened() as here:
        partners = here.partners.all()
    if as_json:
        typer.echo(json.dumps([_as_dict(one) for one in partners], ensure_ascii=False))
        return
    for one in partners:
        state = tr("on ") if one.is_on else tr("off")
        typer.echo(f"{one.code}  {state}  {one.address or tr('by files')}  {one.name}")
        for key in one.keys:
            typer.echo(f"    {fingerprint(key)}")
    if not partners:
        typer.echo(tr("there is no partner: motcua exchange add CODE ADDRESS"))


@app.command()
def add(
    code: Code,
    address: Annotated[str, typer.Argument(help="Of its server (https://…); empty for one without a line.")] = "",
    name: Annotated[str, typer.Option("--name", help="For people; what its server says unless it is given.")] = "",
    key: Annotated[
        list[str] | None,
        typer.Option("--key", help="A public key, got from the agency itself; may be given several times."),
    ] = None,
    trust: Annotated[
        str, typer.Option("--fingerprint", help="Of its key, compared by telephone: then the key is fetched.")
    ] = "",
) -> None:
    """Add a partner, or change one.

    Example:  motcua exchange add H15.07 https://motcua.example --fingerprint "1a2b 3c4d 5e6f 7a8b"
    """
    with opened() as here:
        _own(here)
        if not re.fullmatch(AGENCY, code) or code == here.settings.exchange_agency:
            _stop("code")
        try:
            told_name, keys = name, list(key or [])
            if address and not keys:
                there, told_name, found = who_is(address)
                trusted = [one for one in found if _bare(fingerprint(one)) == _bare(trust)]
                if there != code or not trusted:
                    told = ", ".join(fingerprint(one) for one in found)
                    typer.echo(
                        tr(
                            "{address} says that it is {there}, with {told}: compare by telephone, then give "
                            "--fingerprint",
                            address=address,
                            there=there,
                            told=told,
                        ),
                        err=True,
                    )
                    raise typer.Exit(1)
                keys = trusted
            partner = here.partners.put(code, name or told_name or code, address, keys, getpass.getuser())
        except (BadPartner, ValueError) as error:
            _stop(str(error) if isinstance(error, BadPartner) else "keys")
        typer.echo(tr("{code} {name} is a partner", code=partner.code, name=partner.name))


@app.command()
def on(code: Code) -> None:
    """Take a partner back into service."""
    _change(lambda here: here.partners.switch(code, True, getpass.getuser()))


@app.command()
def off(code: Code) -> None:
    """Take a partner out of service: nothing of it is taken, what waits for it stays."""
    _change(lambda here: here.partners.switch(code, False, getpass.getuser()))


@app.command()
def remove(code: Code) -> None:
    """Forget a partner with which no case is open."""
    _change(lambda here: here.partners.remove(code, getpass.getuser()))


@app.command()
def new_key() -> None:
    """Put a new key pair in front. The old one signs, too, until drop-keys: partners fetch the new one meanwhile."""
    with opened() as here:
        _own(here)
        typer.echo(fingerprint(here.partners.new_key(getpass.getuser())))


@app.command()
def drop_keys() -> None:
    """Sign with the newest key alone: after every partner has it."""
    with opened() as here:
        _own(here)
        typer.echo(tr("{count} dropped", count=here.partners.drop_old(getpass.getuser())))


@app.command()
def waiting() -> None:
    """What other agencies have not taken yet, as JSON."""
    with opened() as here:
        found = outbox_of(here).waiting()
    oldest = found.oldest.isoformat() if found.oldest is not None else None
    told = {"messages": found.messages, "troubled": found.troubled, "oldest": oldest, "erasures": found.erasures}
    typer.echo(json.dumps(told))


def _change(change: Callable[[Installation], None]) -> None:
    with opened() as here:
        try:
            change(here)
        except BadPartner as error:
            _stop(str(error))


def _own(here: Installation) -> None:
    if not here.settings.exchange_agency:
        typer.echo(
            tr("this agency has no code yet: set MOTCUA_EXCHANGE_AGENCY (H15.50.05.13) and start again"), err=True
        )
        raise typer.Exit(1)


def _stop(why: str) -> NoReturn:
    typer.echo(translated(_CURES[why]), err=True)
    raise typer.Exit(1)


def _bare(mark: str) -> str:
    return "".join(mark.split()).lower()


def _as_dict(partner: Partner) -> dict[str, object]:
    return {
        "code": partner.code,
        "name": partner.name,
        "address": partner.address,
        "on": partner.is_on,
        "fingerprints": [fingerprint(key) for key in partner.keys],
    }
