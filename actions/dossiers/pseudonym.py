"""Keyed hashes in place of what must not be stored."""

from __future__ import annotations

import hashlib
import hmac

_SHORTEST_SECRET = 16
"""Bytes. Codes are guessable, so only the key keeps a hash from being turned back."""


class Pseudonyms:
    """Turns codes and conversation ids into stable hashes nobody can turn back without the secret.

    A keyed hash is still personal data (law 91/2025/QH15, article 12): what it is stored under must expire.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) < _SHORTEST_SECRET:
            raise ValueError(f"the secret needs at least {_SHORTEST_SECRET} bytes")
        self._secret = secret

    def of(self, kind: str, value: str) -> str:
        """32 hexadecimal digits for ``value``; the same value of another ``kind`` gives others."""
        message = f"{kind}\0{value}".encode()
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()[:32]
