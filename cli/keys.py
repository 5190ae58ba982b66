"""``motcua keys``: whether the keys open what is kept, and new ones while the system runs."""

from __future__ import annotations

import getpass
import os
import time
from pathlib import Path
from typing import Annotated

import typer

from runtime.messages import Message, reason_of, tr
from runtime.secret_files import SUFFIX
from runtime.secret_key import weakness
from runtime.settings import PREFIX, SettingsError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

PAUSE_SECONDS = 2.0
"""A process seals a value and writes it within this time."""


@app.command()
def check() -> None:
    """Whether the keys open what the database holds."""
    from installation.opening import opened
    from stores.sealing_anew import readable

    with opened() as here:
        can_be, looked = readable(here.database, here.seal)
    typer.echo(tr("{can_be} of {looked} sealed values can be opened.", can_be=can_be, looked=looked))
    if can_be < looked:
        raise typer.Exit(1)


@app.command()
def rotate(
    to_file: Annotated[
        Path | None,
        typer.Option("--to-file", help="File with the next MOTCUA_SECRET_KEY; start the system with it afterwards."),
    ] = None,
) -> None:
    """Seal everything with a new key while the system runs, and drop the old one.

    A copy of the data that was made before can then be opened only with a keyring copied at the same time. With
    --to-file the secret that opens the keyring is changed, too.

    Example:  motcua keys rotate --to-file /etc/motcua/secret.key.next
    """
    from installation.opening import opened
    from stores.audit import Deed
    from stores.sealing_anew import SealingAnew, rotate

    secret = _next_secret(to_file) if to_file is not None else None
    with opened(with_redis=True) as here:
        keyring = here.keyring
        sealing = SealingAnew(here.database, here.redis, here.seal)
        found = rotate(sealing, keyring.add_key, keyring.drop_old_keys, lambda: time.sleep(PAUSE_SECONDS))
        here.audit.note(Deed.KEYS_CHANGED, getpass.getuser(), "secret and keys" if secret is not None else "keys")
        if secret is not None:
            keyring.change_secret(secret)
    typer.echo(
        tr(
            "Sealed {anew} values anew; {unreadable} cannot be opened with any key there is.",
            anew=found.anew,
            unreadable=found.unreadable,
        )
    )
    if secret is not None:
        named = PREFIX + "SECRET_KEY" + SUFFIX
        now = f"{named}={os.environ[named]}" if named in os.environ else PREFIX + "SECRET_KEY"
        typer.echo(
            tr(
                "Put the content of {to_file} in place of {now} and restart the system at once.",
                to_file=to_file,
                now=now,
            )
        )


def _next_secret(file: Path) -> bytes:
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(Message("--to-file {file}: {reason}", file=file, reason=reason_of(error))) from None
    if (wrong := weakness(secret)) is not None:
        raise SettingsError(Message("--to-file {file}: the key {wrong}", file=file, wrong=wrong))
    return secret.encode()
