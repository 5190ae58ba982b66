"""``motcua backup`` and ``motcua restore``: an installation into a file and back."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import folder_lock
from cli.secret_prompt import ask_secret
from installation.backup import back_up
from installation.backup import restore as put_back
from installation.opening import opened
from runtime import clock
from runtime import settings as settings_module
from runtime.messages import Message, tr
from runtime.settings import PREFIX, Settings
from stores.audit import Deed
from stores.passphrase import SHORTEST

_SETTING = PREFIX + "BACKUP_PASSPHRASE"


def backup(
    file: Annotated[Path, typer.Argument(help="The backup; replaced when it is there.")],
    without_secrets: Annotated[
        bool, typer.Option("--without-secrets", help="Leave the keys out: they are kept elsewhere.")
    ] = False,
    person_keys: Annotated[
        Path | None, typer.Option("--person-keys", help="File of persons' keys, replaced; beside FILE when left out.")
    ] = None,
) -> None:
    """Write database, conversations and files into FILE, and the keys, sealed with a passphrase, into FILE.secrets.

    The system may run meanwhile. Without its keys a backup cannot be read: keep both, and not in one place. What is
    somebody's stands in it under a key of that person: those keys are in the file person-keys, which is replaced each
    time. Keep the newest only, apart from the backups: an older one opens what was erased since.

    Example:  MOTCUA_BACKUP_PASSPHRASE_FILE=/root/passphrase motcua backup /mnt/backup/motcua.tar.gz
    """
    os.umask(0o077)
    settings = settings_module.load()
    sealed_with = None if without_secrets else _passphrase(settings, again=True)
    with opened(settings, with_redis=True) as here:
        made = back_up(here, file, sealed_with, person_keys)
        here.audit.note(
            Deed.EXPORTED, getpass.getuser(), "backup" if sealed_with is None else "backup with its keys", "command"
        )
    print(
        tr(
            "{file}: {bytes:.1f} MB, database, {keys} keys of Redis, {files} files",
            file=made.file,
            bytes=made.bytes / 1_000_000,
            keys=made.keys,
            files=made.files,
        )
    )
    if made.secrets is not None:
        print(tr("{secrets}: the keys, sealed; without them the backup cannot be read", secrets=made.secrets))
    print(tr("{person_keys}: persons' keys, replaced; keep no older one", person_keys=made.person_keys))


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    secrets: Annotated[Path | None, typer.Option(help="Its keys: FILE.secrets.")] = None,
    person_keys: Annotated[
        Path | None,
        typer.Option(
            "--person-keys",
            help="The newest file of persons' keys. Left out: those of the installation that is there, else the file "
            "person-keys beside FILE.",
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Also where something is; it is put aside first.")] = False,
) -> None:
    """Put a backup in the place of what is there. The system must not run.

    What was open when the backup was made is held: it may have been answered, or sent, since.

    Example:  motcua restore /mnt/backup/motcua.tar.gz --secrets /mnt/keys/motcua.tar.gz.secrets
    """
    os.umask(0o077)
    settings = settings_module.load()
    held = folder_lock.hold(settings.data_path)
    try:
        opened_with = _passphrase(settings, again=False) if secrets is not None else None
        done = put_back(settings, file, secrets, opened_with, replace=replace, now=clock.now(), person_keys=person_keys)
    finally:
        os.close(held)
    print(
        tr(
            "restored as of {made_at}: database, {keys} keys of Redis, {files} files",
            made_at=done.made_at,
            keys=done.keys,
            files=done.files,
        )
    )
    if done.before is not None:
        print(tr("what was there before is in {before}; delete it when all is well", before=done.before))
    if done.erased:
        print(tr("{erased} persons asked to be forgotten since then and were erased from it", erased=done.erased))
    if done.shredded:
        print(
            tr(
                "{shredded} persons and tickets were erased since then: their keys are destroyed",
                shredded=done.shredded,
            )
        )
    if done.held_in or done.held_out:
        print(
            tr(
                "{held_in} messages of citizens and {held_out} to citizens were open then and are held: `motcua "
                "sms list --state failed` shows them, `motcua sms retry` sends one all the same",
                held_in=done.held_in,
                held_out=done.held_out,
            )
        )


def _passphrase(settings: Settings, *, again: bool) -> str:
    """The one that is set, or asked for where somebody sits."""
    if settings.backup_passphrase is not None:
        return settings.backup_passphrase.get_secret_value()
    if not sys.stdin.isatty():
        raise settings_module.SettingsError(
            Message(
                "{setting} is not set: the keys are sealed with it ({setting}_FILE names a file that holds "
                "it){besides}",
                setting=_SETTING,
                besides=Message("; --without-secrets leaves them out") if again else "",
            )
        )
    given = ask_secret(tr("Passphrase of the keys"), again=again)
    if again and len(given) < SHORTEST:
        raise settings_module.SettingsError(
            Message("the passphrase must have at least {shortest} characters", shortest=SHORTEST)
        )
    return given
