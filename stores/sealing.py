"""Keyed hashes and sealed values: how personal data may be stored at all.

A phone number or dossier code becomes a keyed hash where only sameness matters, and is sealed (encrypted and
authenticated) where the value is needed again. A plain hash would not do: phone numbers can be guessed through.
"""

from __future__ import annotations

import contextlib
import hmac
from collections.abc import Iterator

from cryptography.fernet import InvalidToken, MultiFernet

from runtime.messages import Message
from stores.keyring import Keyring, derived, first_keys


class SealBroken(ValueError):
    """The value was not sealed with this key, or was changed since."""


class Seal:
    """Hashes and encrypts with keys derived from the one secret of the installation, or standing in its keyring.

    Args:
        secret: the installation's secret key, any length above 15 bytes.
        keyring: the keys where they were ever changed.

    Raises:
        ValueError: when the secret is too short to protect anything.
    """

    def __init__(self, secret: bytes, keyring: Keyring | None = None) -> None:
        if len(secret) < 16:
            raise ValueError(Message("MOTCUA_SECRET_KEY must hold at least 16 characters"))
        self._keyring = keyring
        self._root = keyring.keys.root if keyring is not None else secret
        self._own = first_keys(secret).fernet
        self._derived: dict[str, bytes] = {}

    @property
    def _fernet(self) -> MultiFernet:
        return self._own if self._keyring is None else self._keyring.fernet

    def _derive(self, purpose: str) -> bytes:
        # Purposes are few and stand in the program.
        known = self._derived.get(purpose)
        if known is None:
            known = self._derived[purpose] = derived(self._root, purpose)
        return known

    def key(self, purpose: str) -> bytes:
        """32 bytes for a library that signs by itself; see :mod:`stores.signing`."""
        return self._derive("key:" + purpose)

    def hash(self, purpose: str, value: str) -> str:
        """A 32-character hexadecimal keyed hash; the same value under another purpose gives another hash."""
        return hmac.digest(self._derive("hash:" + purpose), value.encode(), "sha256").hex()[:32]

    def close(self, value: str) -> str:
        """Encrypt a value; the result is plain ASCII."""
        return self._fernet.encrypt(value.encode()).decode()

    def open(self, sealed: str) -> str:
        """Decrypt what :meth:`close` made.

        Raises:
            SealBroken: wrong key or changed text.
        """
        for fernet in self._openers():
            with contextlib.suppress(InvalidToken):
                return fernet.decrypt(sealed.encode()).decode()
        raise SealBroken(Message("sealed value cannot be opened with this key"))

    def _openers(self) -> Iterator[MultiFernet]:
        known = self._own if self._keyring is None else self._keyring.known_fernet
        yield known
        # Whoever sealed the value may have had a key that was put in front this moment.
        if (latest := self._fernet) is not known:
            yield latest

    def closed_anew(self, sealed: str) -> str:
        """The same value under the newest key; its time of sealing stays.

        Raises:
            SealBroken: wrong key or changed text.
        """
        try:
            return self._fernet.rotate(sealed.encode()).decode()
        except InvalidToken:
            raise SealBroken(Message("sealed value cannot be opened with this key")) from None
