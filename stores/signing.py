"""Signatures over values that go out and come back: a text the page may speak, a CSRF token. By itsdangerous.

A signature says that we made a value; it hides nothing (that is :mod:`stores.sealing`), and what must count once needs
a store beside it. docs/decisions/0023-signing-and-sessions.md says what is signed, and what is not.
"""

from __future__ import annotations

import hashlib

from itsdangerous import Signer

from stores.sealing import Seal


class Signature:
    """Makes and checks signatures of one purpose; safe to share between threads, the same in every process.

    Args:
        seal: of the installation.
        purpose: what the values are for; the same value under another purpose has another signature.
    """

    def __init__(self, seal: Seal, purpose: str) -> None:
        self._signer = Signer(
            seal.key("sign:" + purpose), salt=purpose, key_derivation="hmac", digest_method=hashlib.sha256
        )

    def of(self, value: str) -> str:
        """43 letters, digits, ``-`` and ``_``."""
        return self._signer.get_signature(value.encode("utf-8", "surrogatepass")).decode()

    def fits(self, value: str, signature: str) -> bool:
        """Whether we have signed this value; compares in constant time."""
        return self._signer.verify_signature(
            value.encode("utf-8", "surrogatepass"), signature.encode("utf-8", "surrogatepass")
        )
