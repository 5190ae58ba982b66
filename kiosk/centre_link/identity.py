"""Who this box is, and which centre it belongs to."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError

from kiosk.protocol.keys import Keys, PublicKeys
from runtime import durable
from runtime.messages import Message
from runtime.settings import Settings, SettingsError

FOLDER: Final = "kiosk"
FIRST_KEYS: Final = "keys"


class _File(BaseModel):
    kiosk: str
    name: str
    url: str
    centre: str
    locked: bool = False
    keys: str = FIRST_KEYS


@dataclass(frozen=True, slots=True)
class Identity:
    """A kiosk of a centre."""

    kiosk: str
    """Id, given by the centre."""
    name: str
    """As officers call it."""
    url: str
    """Address of the centre, without trailing slash."""
    centre: PublicKeys
    """Pinned when it was enrolled: nobody else is believed."""
    locked: bool = False
    """Whether the centre has shut it out."""
    keys: str = FIRST_KEYS
    """Name of the file of its own keys: each enrolment makes new ones, which no copy of the box has."""


class BrokenIdentity(ValueError):
    """The file cannot be read; the box must be enrolled again."""


def identity_folder(settings: Settings) -> Path:
    """Where identity, keys and bundles lie."""
    return settings.data_path / FOLDER


def identity_of(settings: Settings) -> Identity | None:
    """Who this box is; None when it was not enrolled.

    Raises:
        BrokenIdentity: nobody can tell.
    """
    try:
        content = (identity_folder(settings) / "identity.json").read_bytes()
    except FileNotFoundError:
        return None
    try:
        file = _File.model_validate_json(content)
        return Identity(file.kiosk, file.name, file.url, PublicKeys.from_text(file.centre), file.locked, file.keys)
    except (ValidationError, ValueError):
        raise BrokenIdentity(Message("kiosk/identity.json cannot be read: enrol this box again")) from None


def check_name(settings: Settings, identity: Identity | None) -> None:
    """A name makes a box one of a centre's: what is asked at it goes to that centre alone, and it has no officers.

    Raises:
        SettingsError: the name was set by hand, and not by the centre this box was enrolled with.
    """
    if settings.kiosk_name and (identity is None or identity.name != settings.kiosk_name):
        raise SettingsError(
            Message(
                "MOTCUA_KIOSK_NAME={name}: the centre gives a box its name: take this setting away and enrol the box "
                "(`motcua kiosk enrol`)",
                name=settings.kiosk_name,
            )
        )


def keep_identity(settings: Settings, identity: Identity) -> None:
    """Write down who this box is; keys of earlier enrolments are deleted."""
    file = _File(
        kiosk=identity.kiosk,
        name=identity.name,
        url=identity.url,
        centre=identity.centre.text,
        locked=identity.locked,
        keys=identity.keys,
    )
    folder = identity_folder(settings)
    durable.write(folder / "identity.json", file.model_dump_json().encode())
    for path in folder.glob(f"{FIRST_KEYS}*"):
        if path.name != identity.keys:
            path.unlink(missing_ok=True)


def keys_of(settings: Settings, identity: Identity) -> Keys:
    """The box's own keys; made at first use."""
    return Keys.kept(identity_folder(settings) / identity.keys)


class Sequence:
    """Numbers requests: each number once, growing, whatever process asks and however the last one ended.

    Args:
        path: of the file that remembers.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def next(self) -> int:
        """A number larger than all before; on disk before it is used."""
        with self._locked():
            number = self._last() + 1
            durable.write(self._path, str(number).encode())
            return number

    def go_on_after(self, number: int) -> None:
        """The centre has seen ``number``: this box was restored from an older copy of its disk."""
        with self._locked():
            if number > self._last():
                durable.write(self._path, str(number).encode())

    def _last(self) -> int:
        try:
            return int(self._path.read_text())
        except (FileNotFoundError, ValueError):
            # Not there yet, or unreadable: the centre says where to go on.
            return 0

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._path.with_suffix(".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
