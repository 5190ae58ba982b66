"""The file of backups' keys, beside the newest backup or elsewhere: there is one, and it is replaced, never kept.

Whoever loses the machine needs it to have persons' rows back; whoever keeps an old one keeps what was erased since.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, inspect, select

from installation.root import Installation, database_at
from runtime import durable
from runtime.messages import Message
from runtime.settings import Settings
from stores.copy_keys import CopyKey, CopyKeyRow, CopyKeys, read_file, write_file
from stores.database_copy import CannotRestore
from stores.erasures import Erasure
from stores.sealing import Seal, SealBroken

FILE = "person-keys"
LAST = "last_backup.json"
"""In the data folder: when the last backup was made, for `motcua doctor`, and where its keys lie."""

BACKUP_DAYS: Final = timedelta(days=2)
"""How old the last one may be: one is made each night, and one night it may fail."""


def last_backup(here: Installation) -> dict[str, object]:
    """What was noted of the last backup made on this host; empty when there was none."""
    try:
        found: dict[str, object] = json.loads((here.settings.data_path / LAST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found


def backup_age(here: Installation) -> timedelta | None:
    """How old the last backup made on this host is; None when there was none."""
    at = last_backup(here).get("at")
    return here.now() - datetime.fromtimestamp(at, UTC) if isinstance(at, float) else None


def note_backup(here: Installation, keys: Path, *, with_secrets: bool) -> None:
    """A backup was made."""
    noted = {"at": here.now().timestamp(), "with_secrets": with_secrets, "person_keys": str(keys)}
    durable.write(here.settings.data_path / LAST, json.dumps(noted).encode())


def keys_file(here: Installation) -> Path | None:
    """Where the last backup wrote the file; None when none was made on this host."""
    path = last_backup(here).get("person_keys")
    return Path(path) if isinstance(path, str) else None


def erased_since(here: Installation, moment: datetime) -> int:
    """How many persons have asked to be forgotten since a moment."""
    since = Erasure.asked_at > moment
    with here.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Erasure).where(since)) or 0


def renew(here: Installation) -> bool:
    """Write the file anew where it lies, so that it holds no key that was destroyed; whether it lies there.

    Raises:
        OSError: it cannot be written.
    """
    path = keys_file(here)
    if path is None or not path.exists():
        return False
    write_file(path, here.copy_keys.all(), here.seal)
    return True


def keys_for(settings: Settings, backup: Path, needed: set[str], seal: Seal, given: Path | None) -> dict[str, CopyKey]:
    """The keys to restore a backup with, by token: what was destroyed must not come back with a file that was kept.

    Args:
        settings: of the installation to fill.
        backup: its file.
        needed: tokens of the backup.
        seal: of the installation.
        given: the file of keys; None: those of the installation that is there, else the file beside the backup.

    Raises:
        CannotRestore: keys are needed and there are none, or they belong to another installation.
        OSError: the file cannot be read.
    """
    there = _keys_in_force(settings, seal)
    beside = backup.with_name(FILE)
    path = given if given is not None or there is not None else beside
    found = dict(there or {})
    if path is not None and (given is not None or path.exists()):
        try:
            found |= read_file(path, seal)
        except SealBroken as error:
            raise CannotRestore(Message("{path} cannot be opened: {error}", path=path, error=error)) from None
    elif there is None and needed:
        raise CannotRestore(
            Message(
                "what it holds of persons is sealed with keys of their own, which are not here: give the newest "
                "{file} with --person-keys",
                file=FILE,
            )
        )
    return {key.token: key for key in found.values()}


def _keys_in_force(settings: Settings, seal: Seal) -> dict[str, CopyKey] | None:
    """The keys of the installation that is there; None where there is none, or another's."""
    database = database_at(settings.effective_database_url)
    try:
        if database.file is not None and not database.file.exists():
            return None
        with database.engine.connect() as connection:
            if not inspect(connection).has_table(CopyKeyRow.__tablename__):
                return None
        return CopyKeys(database, seal).all() or None
    except SealBroken:
        return None
    finally:
        database.close()
