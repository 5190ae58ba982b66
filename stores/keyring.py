"""The keys values are sealed with: a small file that the installation's secret opens.

Without the file there is one key, worked out from the secret. ``motcua keys rotate`` puts a new one in front; every
process seals with the newest key as soon as the file has it, and opens with all. Once everything is sealed anew the old
ones are dropped, and a copy of the data made before opens no more with what the installation has then. The secret that
keyed hashes are made with stays inside the file when ``MOTCUA_SECRET_KEY`` itself is changed: a number's hash must find
the number's rows again.
"""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from runtime import durable
from runtime.messages import Message

FILE = "keyring"


class WrongSecret(ValueError):
    """The secret does not open the keyring; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What stands in the file."""

    root: bytes
    """What keyed hashes and signatures are made with."""
    seals: tuple[bytes, ...]
    """Fernet keys, the newest first."""

    @property
    def fernet(self) -> MultiFernet:
        """Seals with the newest, opens with all."""
        return MultiFernet([Fernet(key) for key in self.seals])


def derived(secret: bytes, purpose: str) -> bytes:
    """32 bytes for a purpose."""
    return hmac.digest(secret, b"motcua:" + purpose.encode(), "sha256")


def first_keys(secret: bytes) -> Keys:
    """The keys of an installation that never rotated."""
    return Keys(secret, (base64.urlsafe_b64encode(derived(secret, "seal")),))


KNOWN_SECONDS: Final = 0.1
"""How long what the file held is used for opening without a look at it."""


class Keyring:
    """The file; safe to share between threads, and looked at anew whenever it has changed.

    Args:
        path: of the file.
        secret: of the installation.
    """

    def __init__(self, path: Path, secret: bytes) -> None:
        self._path = path
        # As text: it is looked at whenever something is sealed, and makes no object of its path for that.
        self._name = str(path)
        self._secret = secret
        self._guard = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._looked_at = 0.0
        self._keys = first_keys(secret)
        self._fernet = self._keys.fernet
        self._refresh()

    @property
    def keys(self) -> Keys:
        """The keys in force."""
        self._refresh()
        return self._keys

    @property
    def fernet(self) -> MultiFernet:
        """What seals and opens."""
        self._refresh()
        return self._fernet

    @property
    def known_fernet(self) -> MultiFernet:
        """What opens, as the file was a moment ago; where it does not open something, :attr:`fernet` may.

        A page opens a hundred values, and each look at the file lets every other thread go first.
        """
        if time.monotonic() - self._looked_at > KNOWN_SECONDS:
            self._refresh()
        return self._fernet

    def add_key(self) -> None:
        """Put a new key in front."""
        keys = self.keys
        self._write(Keys(keys.root, (Fernet.generate_key(), *keys.seals)), self._secret)

    def drop_old_keys(self) -> None:
        """Keep the newest alone: what is sealed with others is lost from now on."""
        keys = self.keys
        self._write(Keys(keys.root, keys.seals[:1]), self._secret)

    def change_secret(self, secret: bytes) -> None:
        """Have another secret open the file, too; once the system is started with it, it alone does."""
        self._write(self.keys, secret, self._secret)

    def only_this_secret(self) -> None:
        """Take from the secret before what it opens."""
        if self._path.exists() and len(self._path.read_bytes().splitlines()) > 1:
            self._write(self.keys, self._secret)

    def _write(self, keys: Keys, *secrets_of: bytes) -> None:
        content = json.dumps({"root": keys.root.hex(), "seals": [key.decode() for key in keys.seals]}).encode()
        sealed = b"\n".join(_file_fernet(secret).encrypt(content) for secret in secrets_of)
        durable.write(self._path, sealed)

    def _refresh(self) -> None:
        self._looked_at = time.monotonic()
        try:
            status = os.stat(self._name)
        except FileNotFoundError:
            return
        seen = (status.st_mtime_ns, status.st_ino)
        if seen == self._seen:
            return
        with self._guard:
            content = json.loads(self._opened())
            self._keys = Keys(bytes.fromhex(content["root"]), tuple(key.encode() for key in content["seals"]))
            self._fernet = self._keys.fernet
            self._seen = seen

    def _opened(self) -> bytes:
        fernet = _file_fernet(self._secret)
        for line in self._path.read_bytes().splitlines():
            with contextlib.suppress(InvalidToken):
                return bytes(fernet.decrypt(line))
        raise WrongSecret(
            Message(
                "MOTCUA_SECRET_KEY does not open {path}: set the key this data folder was used with", path=self._path
            )
        )


def _file_fernet(secret: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived(secret, "keyring")))
