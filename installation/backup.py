"""A whole installation in one file, made while it runs, and put back: database, Redis, files; secrets apart and sealed.

The file without the secrets is of little use to a thief: numbers and words in it are sealed with the installation's key
(docs/decisions/0006-stores.md), and what is somebody's with a key of that person (0056-shredded-backups.md). The
secrets are a second file beside it, sealed with a passphrase; persons' keys a third, of which only the newest may be
kept.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from installation.erasing_again import erase_again
from installation.person_keys import FILE as KEYS_FILE
from installation.person_keys import LAST, keys_for, note_backup
from runtime import durable
from runtime.messages import Message, reason_of
from runtime.settings import Settings
from runtime.version import version
from stores import apart, database_copy, passphrase, redis_copy
from stores.apart import ApartWriter, Line
from stores.copy_keys import CopyKey, write_file
from stores.database_copy import CannotRestore
from stores.keyring import FILE as KEYRING
from stores.keyring import Keyring, WrongSecret
from stores.redis_clients import redis_url
from stores.sealing import Seal, SealBroken

if TYPE_CHECKING:
    from installation.root import Installation

FORMAT = 2
WITHOUT_KEYS = 1
"""The format before persons' rows had keys of their own; read still."""
MANIFEST = "manifest.json"
SECRETS_ENDING = ".secrets"
MADE_ANEW = frozenset(
    {"redis", "logs", "run", "figures", "models", "gsm", "eval", "secrets", "speech/models", "speech/spoken", LAST}
    | {"reports", "sms/spool", "smpp/parts"}
)
"""Of the data folder what is copied in another way, comes back by itself, or belongs to a machine: a trained model is
made from the data, a recogniser's is fetched, the modem's spool belongs to the modem. Photos go under their tickets'
keys; what waits for the database, and parts of messages, are there for moments and under no person's key."""
SECRET_FOLDERS = ("secrets", "kiosk")
"""Keys; ``kiosk`` holds who a box is."""
_HELD = "before-restore"


@dataclass(frozen=True)
class Made:
    """What a backup holds."""

    file: Path
    secrets: Path | None
    person_keys: Path
    bytes: int
    keys: int
    files: int


@dataclass(frozen=True)
class Restored:
    """What a restore put back."""

    made_at: str
    keys: int
    files: int
    held_in: int
    """Messages of citizens that were open then, and are not answered now."""
    held_out: int
    """Messages to citizens that were open then, and are not sent now."""
    before: Path | None
    """Where what was there before is kept."""
    erased: int
    """Persons who asked to be forgotten after the backup was made, and were erased from it."""
    shredded: int
    """Persons and tickets whose keys are destroyed: what the backup holds of them opens with nothing."""


def back_up(here: Installation, file: Path, sealed_with: str | None, person_keys: Path | None = None) -> Made:
    """Write a backup beside a running, or a stopped, system.

    Args:
        here: the installation, with its Redis.
        file: the backup; replaced when it is there. The secrets get the same name with ``.secrets``.
        sealed_with: the passphrase; None leaves the secrets out.
        person_keys: the file of persons' keys, replaced at each backup; beside the backup when None.

    Raises:
        OSError: a file cannot be written.
        SQLAlchemyError, RedisError: a store cannot be read.
    """
    settings = here.settings
    file = file.absolute()
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as temporary:
        work = Path(temporary)
        (work / "database").mkdir()
        keys_file = (person_keys or file.with_name(KEYS_FILE)).absolute()
        with closing(_bytes_client(settings)) as redis:
            found = apart.subjects(here.database) | {(apart.PERSON, one) for one in redis_copy.persons(redis)}
            here.copy_keys.make({here.copy_keys.subject(*one) for one in found})
            with ApartWriter(work, here.copy_keys.all(), here.copy_keys) as persons:
                # Redis first: a message whose turn is in the database and not in its conversation is answered all the
                # same; the other way round it would be answered twice.
                keys = redis_copy.copy_out(redis, work / "redis.jsonl", persons)
                revisions = database_copy.copy_out(here.database, work / "database", persons)
                photos = _copy_photos(here, persons)
        files = _copy_files(settings.data_path, work / "files", here.database.file) + photos
        members = sorted(path for path in work.rglob("*") if path.is_file())
        manifest = {
            "format": FORMAT,
            "version": version(),
            "made_at": here.now().isoformat(timespec="seconds"),
            "key": _mark_of(here.seal),
            "revisions": revisions,
            "redis_keys": keys,
            "sha256": {path.relative_to(work).as_posix(): _sha256(path) for path in members},
        }
        (work / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        packed = work / "packed"
        with tarfile.open(packed, "w:gz", compresslevel=3) as archive:
            for path in (work / MANIFEST, *members):
                archive.add(path, path.relative_to(work).as_posix(), filter=_without_owner)
        secrets = None
        if sealed_with is not None:
            secrets = file.with_name(file.name + SECRETS_ENDING)
            durable.write(secrets, passphrase.close(_secrets_of(settings, str(manifest["key"])), sealed_with))
        # Those that are left now: who was erased meanwhile has none any more.
        write_file(keys_file, here.copy_keys.all(), here.seal)
        _publish(packed, file)
    note_backup(here, keys_file, with_secrets=sealed_with is not None)
    return Made(file, secrets, keys_file, file.stat().st_size, keys, files)


def restore(
    settings: Settings,
    file: Path,
    secrets: Path | None,
    opened_with: str | None,
    *,
    replace: bool,
    now: datetime,
    person_keys: Path | None = None,
) -> Restored:
    """Put a backup back; nobody uses the installation meanwhile.

    Everything is unpacked and checked before anything that is there is touched. Messages that were open when the backup
    was made are held: they may have been answered, or sent, since.

    Args:
        settings: of the installation to fill.
        file: the backup.
        secrets: its secrets; None where the installation has its key already.
        opened_with: the passphrase of the secrets.
        replace: whether what is there may go.
        now: names the folder where it is kept.
        person_keys: the newest file of persons' keys. None: the keys of the installation that is there, or where there
            is none the file beside the backup.

    Raises:
        CannotRestore: it does not fit here, is damaged, or something is there already.
        OSError, SQLAlchemyError, RedisError: a store cannot be written.
    """
    data = settings.data_path
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=data, prefix=".restore.") as temporary:
        work = Path(temporary)
        manifest = _unpacked(file, work)
        kept = _opened_secrets(secrets, opened_with) if secrets is not None else {}
        seal = _check_key(settings, manifest, kept)
        _check_place(settings, manifest, replace)
        keys = keys_for(settings, file, apart.tokens(work), seal, person_keys)
        before = _move_aside(data, work, data / f"{_HELD}-{now:%Y%m%d-%H%M%S}")
        _write_secrets(data, kept)
        files = _move_in(work / "files", data)
        files += _photos_in(apart.lines(work, keys), data)
        return _fill_stores(settings, work, manifest, files, before, keys)


def _fill_stores(
    settings: Settings, work: Path, manifest: dict[str, Any], files: int, before: Path | None, known: dict[str, CopyKey]
) -> Restored:
    from channels.sms.queue.held_after_restore import hold_open
    from installation.opening import opened

    with opened(settings, with_tables=False, with_redis=True) as here:
        database_copy.copy_in(here.database, work / "database", manifest["revisions"], apart.lines(work, known))
        held_in, held_out = hold_open(here.database)
        with closing(_bytes_client(settings)) as redis:
            keys = redis_copy.copy_in(redis, work / "redis.jsonl", apart.lines(work, known))
        here.make_tables()
        here.copy_keys.put_back(known.values())
        erased = erase_again(here, before)
    shredded = len(apart.tokens(work) - known.keys())
    return Restored(manifest["made_at"], keys, files, held_in, held_out, before, erased, shredded)


def _copy_photos(here: Installation, persons: ApartWriter) -> int:
    count = 0
    for number, names in here.reports.photos().items():
        for name in names:
            if (path := here.photos.path(name)) is not None:
                content = base64.b64encode(path.read_bytes()).decode()
                count += persons.put((apart.TICKET, number), apart.PHOTO, [f"reports/{name}", content])
    return count


def _photos_in(lines: Iterator[Line], data: Path) -> int:
    count = 0
    for line in lines:
        if line.what == apart.PHOTO:
            place, content = line.content
            durable.write(data / PurePosixPath(place), base64.b64decode(content))
            count += 1
    return count


def _unpacked(file: Path, work: Path) -> dict[str, Any]:
    try:
        with tarfile.open(file, "r:gz") as archive:
            archive.extractall(work, filter="data")
        manifest: dict[str, Any] = json.loads((work / MANIFEST).read_text(encoding="utf-8"))
    except (tarfile.TarError, EOFError, ValueError, KeyError, FileNotFoundError, OSError) as error:
        if isinstance(error, OSError) and not file.exists():
            raise CannotRestore(
                Message("{path} cannot be read: {reason}", path=file, reason=reason_of(error))
            ) from None
        raise CannotRestore(
            Message("{file} is no backup, or was cut: {kind}", file=file, kind=type(error).__name__)
        ) from None
    if not isinstance(manifest, dict) or manifest.get("format") not in {FORMAT, WITHOUT_KEYS}:
        raise CannotRestore(
            Message(
                "{file} has a format this version does not know: restore it with the version that made it", file=file
            )
        )
    if not isinstance(manifest.get("sha256"), dict) or not isinstance(manifest.get("revisions"), list):
        raise CannotRestore(Message("{file} is no backup, or was cut: its list lacks what it holds", file=file))
    wrong = [name for name, digest in manifest["sha256"].items() if not _fits(work / name, digest)]
    if wrong:
        raise CannotRestore(Message("{file} is damaged: {wrong}", file=file, wrong=", ".join(wrong)))
    if newer := database_copy.unknown_revisions(manifest["revisions"]):
        raise CannotRestore(
            Message(
                "{file} was made by version {version}, a newer one ({newer})",
                file=file,
                version=manifest.get("version", "?"),
                newer=", ".join(newer),
            )
        )
    return manifest


def _check_key(settings: Settings, manifest: dict[str, Any], kept: dict[str, bytes]) -> Seal:
    key_file = settings.data_path / "secrets" / "secret.key"
    given = kept.get("secret_key") or kept.get("secrets/secret.key")
    if settings.secret_key is not None:
        given = settings.secret_key.get_secret_value().encode()
    elif given is None and key_file.exists():
        given = key_file.read_bytes()
    if given is None:
        raise CannotRestore(
            Message("its numbers and texts are sealed with a key that is not here: give --secrets FILE.secrets")
        )
    seal = _seal_with(settings, given.strip(), kept)
    if _mark_of(seal) != manifest["key"]:
        raise CannotRestore(
            Message(
                "it was sealed with another key than this installation's: set MOTCUA_SECRET_KEY to that one, or "
                "give its --secrets and leave MOTCUA_SECRET_KEY out"
            )
        )
    return seal


def _seal_with(settings: Settings, secret: bytes, kept: dict[str, bytes]) -> Seal:
    """The seal the restored installation will have; its keyring, if keys were ever changed, comes with the secrets."""
    ring = kept.get(f"secrets/{KEYRING}")
    with tempfile.TemporaryDirectory() as folder:
        path = settings.data_path / "secrets" / KEYRING
        if ring is not None:
            path = Path(folder) / KEYRING
            path.write_bytes(ring)
        try:
            return Seal(secret, Keyring(path, secret))
        except WrongSecret as error:
            raise CannotRestore(str(error)) from None


def _check_place(settings: Settings, manifest: dict[str, Any], replace: bool) -> None:
    from stores.database import Database

    database = Database(settings.effective_database_url)
    try:
        if others := database_copy.others_on(database):
            raise CannotRestore(
                Message("{others} connections of Một Cửa use the database: stop every host first", others=others)
            )
        is_used = (database.file is None or database.file.exists()) and database_copy.revisions_of(database)
        if is_used and not replace:
            raise CannotRestore(Message("the database holds something already: --replace puts the backup in its place"))
    finally:
        database.close()


def _move_aside(data: Path, work: Path, before: Path) -> Path | None:
    """What is there goes into a folder of its own, on the same disk, so that it can be had back."""
    stay = {work.name, "up.lock"}
    there = [path for path in data.iterdir() if path.name not in stay and not path.name.startswith(_HELD)]
    if not there:
        return None
    before.mkdir(mode=0o700)
    for path in there:
        if path.is_socket():
            path.unlink()
        elif path.name in SECRET_FOLDERS:
            # Without a file of secrets the installation keeps its own.
            shutil.copytree(path, before / path.name)
        else:
            path.rename(before / path.name)
    return before


def _move_in(files: Path, data: Path) -> int:
    count = 0
    for path in sorted(files.rglob("*")) if files.exists() else ():
        if path.is_file():
            target = data / path.relative_to(files)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.replace(target)
            count += 1
    return count


def _copy_files(data: Path, target: Path, database: Path | None) -> int:
    """Copy the data folder's own files; those that are SQLite by its own means."""
    count = 0
    for path in sorted(data.rglob("*")):
        place = path.relative_to(data)
        if not path.is_file() or path.is_symlink() or _is_left_out(place) or _is_of_database(path, database):
            continue
        copy = target / place
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            if _is_sqlite(path):
                database_copy.copy_sqlite(path.absolute(), copy)
            elif not path.name.endswith(("-wal", "-shm")):
                shutil.copyfile(path, copy)
            else:
                continue
        except FileNotFoundError:
            # It ended while others were copied.
            continue
        count += 1
    return count


def _is_left_out(place: Path) -> bool:
    name = place.as_posix()
    first = place.parts[0]
    return (
        first in MADE_ANEW
        or first in SECRET_FOLDERS
        or first.startswith((".", _HELD))
        or name.endswith(".lock")
        or any(name.startswith(f"{folder}/") for folder in MADE_ANEW)
    )


def _is_of_database(path: Path, database: Path | None) -> bool:
    return database is not None and path.absolute().as_posix().startswith(database.as_posix())


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def _secrets_of(settings: Settings, mark: str) -> bytes:
    """Every file of keys, and the key that is set in the environment."""
    found = {
        path.relative_to(settings.data_path).as_posix(): base64.b64encode(path.read_bytes()).decode()
        for folder in SECRET_FOLDERS
        for path in sorted((settings.data_path / folder).rglob("*"))
        if path.is_file() and not path.is_symlink() and (folder == "secrets" or path.stat().st_mode & 0o077 == 0)
    }
    if settings.secret_key is not None:
        found["secret_key"] = base64.b64encode(settings.secret()).decode()
    return json.dumps({"of": mark, "files": found}).encode()


def _opened_secrets(file: Path, opened_with: str | None) -> dict[str, bytes]:
    if opened_with is None:
        raise CannotRestore(Message("the secrets are sealed: set MOTCUA_BACKUP_PASSPHRASE, or the file it stands in"))
    try:
        found = json.loads(passphrase.open_sealed(file.read_bytes(), opened_with))["files"]
    except SealBroken as error:
        raise CannotRestore(Message("{file} cannot be opened: {error}", file=file, error=error)) from None
    return {name: base64.b64decode(value) for name, value in found.items()}


def _write_secrets(data: Path, kept: dict[str, bytes]) -> None:
    for name, value in kept.items():
        place = PurePosixPath(name)
        if name == "secret_key":
            continue
        if place.is_absolute() or ".." in place.parts or place.parts[0] not in SECRET_FOLDERS:
            raise CannotRestore(Message("the secrets name a place outside the data folder"))
        durable.write(data / place, value)
    if (key := kept.get("secret_key")) is not None and "secrets/secret.key" not in kept:
        durable.write(data / "secrets" / "secret.key", key)


def _bytes_client(settings: Settings) -> Any:
    from stores.redis_addresses import client_at

    return client_at(redis_url(settings), socket_timeout=30)


def _mark_of(seal: Seal) -> str:
    """Tells one key from another, and nothing about it."""
    return seal.hash("backup", "key")


def _fits(path: Path, digest: str) -> bool:
    return path.is_file() and _sha256(path) == digest


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _publish(packed: Path, file: Path) -> None:
    """The backup is there whole or not at all, also after a power cut."""
    packed.chmod(0o600)
    with packed.open("rb") as written:
        os.fsync(written.fileno())
    packed.replace(file)
    durable.sync_folder(file.parent)
