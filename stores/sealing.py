"""Keyed hashes and sealed values: how personal data may be stored at all.

A phone number or dossier code becomes a keyed hash where only sameness matters, and is sealed (encrypted and
authenticated) where the value is needed again. A plain hash would not do: phone numbers can be guessed through.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken


class SealBroken(ValueError):
    """The value was not sealed with this key, or was changed since."""


class Seal:
    """Hashes and encrypts with keys derived from the one secret of the installation.

    Args:
        secret: the installation's secret key, any length above 15 bytes.

    Raises:
        ValueError: when the secret is too short to protect anything.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 16:
            raise ValueError("MOTCUA_SECRET_KEY must hold at least 16 characters")
        self._secret = secret
        self._fernet = Fernet(base64.urlsafe_b64encode(self._derive("seal")))

    def _derive(self, purpose: str) -> bytes:
        return hmac.new(self._secret, b"motcua:" + purpose.encode(), hashlib.sha256).digest()

    def key(self, purpose: str) -> bytes:
        """32 bytes for a library that signs by itself; see :mod:`stores.signing`."""
        return self._derive("key:" + purpose)

    def hash(self, purpose: str, value: str) -> str:
        """A 32-character hexadecimal keyed hash; the same value under another purpose gives another hash."""
        return hmac.new(self._derive("hash:" + purpose), value.encode(), hashlib.sha256).hexdigest()[:32]

    def close(self, value: str) -> str:
        """Encrypt a value; the result is plain ASCII."""
        return self._fernet.encrypt(value.encode()).decode()

    def open(self, sealed: str) -> str:
        """Decrypt what :meth:`close` made.

        Raises:
            SealBroken: wrong key or changed text.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise SealBroken("sealed value cannot be opened with this key") from None
