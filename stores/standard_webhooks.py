"""Requests signed as Standard Webhooks has it: id, time and body, with a shared key (v1) or a key pair (v1a).

Signed is ``id.time.body``, with HMAC-SHA256 (``v1``) where both sides hold one key, with Ed25519 (``v1a``) where what
is signed must be provable to a third. Several signatures may stand in a header while a key is changed.

source: Standard Webhooks 1.0, https://github.com/standard-webhooks/standard-webhooks; checked_on: 2026-11-30. Lines
of HMAC and no library: theirs is a wrapper of as many.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

WINDOW: Final = timedelta(minutes=5)
"""How far the time of a request may be from ours."""
LEAST_KEY: Final = 24
"""Bytes of a shared key."""
SHARED, PUBLIC = "whsec_", "whpk_"
"""What written keys begin with."""
LONGEST_ID: Final = 256
_LONGEST_SIGNATURES: Final = 4096


class Refusal(StrEnum):
    """Why a request is not taken."""

    UNSIGNED = "unsigned"
    TOO_OLD = "too_old"
    """Its time is not ours: replayed, or a clock is wrong."""


class NotTaken(Exception):
    """A request of nobody we know."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Signed:
    """What stands in the headers."""

    id: str
    timestamp: int
    """Seconds since 1970."""
    signatures: tuple[str, ...]

    @classmethod
    def read(cls, headers: Mapping[str, str]) -> Signed:
        """From headers, whatever their letters' case.

        Raises:
            NotTaken: one is missing, or none of a signed request.
        """
        given = {name.lower(): value for name, value in headers.items()}
        id, written = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
        if not id or len(id) > LONGEST_ID or not (written.isascii() and written.isdigit()) or len(written) > 12:
            raise NotTaken(Refusal.UNSIGNED)
        signatures = given.get("webhook-signature", "")[:_LONGEST_SIGNATURES].split(" ")
        return cls(id, int(written), tuple(signatures))

    def has(self, key: bytes, body: bytes) -> bool:
        """Whether it is signed with a shared key. All signatures are compared, so that time tells nothing."""
        own = sign(key, self.id, self.timestamp, body).encode()
        return sum(hmac.compare_digest(own, one.encode()) for one in self.signatures) > 0

    def is_of(self, key: Ed25519PublicKey, body: bytes) -> bool:
        """Whether it is signed by whoever holds the private half of a key."""
        return any(_verifies(key, one, content(self.id, self.timestamp, body)) for one in self.signatures)

    def check_time(self, now: datetime) -> None:
        """Pass what was signed within :data:`WINDOW`.

        Raises:
            NotTaken: it was not.
        """
        if abs(now.timestamp() - self.timestamp) > WINDOW.total_seconds():
            raise NotTaken(Refusal.TOO_OLD)


def content(id: str, timestamp: int, body: bytes) -> bytes:
    """What is signed."""
    return f"{id}.{timestamp}.".encode() + body


def sign(key: bytes, id: str, timestamp: int, body: bytes) -> str:
    """What stands in ``webhook-signature``, with a shared key."""
    signed = hmac.digest(key, content(id, timestamp, body), hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"


def sign_with(key: Ed25519PrivateKey, id: str, timestamp: int, body: bytes) -> str:
    """What stands in ``webhook-signature``, with a key pair."""
    return f"v1a,{base64.b64encode(key.sign(content(id, timestamp, body))).decode()}"


def headers_of(id: str, timestamp: int, signatures: Iterable[str]) -> dict[str, str]:
    """The headers of a signed request; :meth:`Signed.read` reads them."""
    return {"webhook-id": id, "webhook-timestamp": str(timestamp), "webhook-signature": " ".join(signatures)}


def written(key: Ed25519PublicKey) -> str:
    """A public key, to be handed to others."""
    return PUBLIC + base64.b64encode(key.public_bytes_raw()).decode()


def read_public(text: str) -> Ed25519PublicKey:
    """What :func:`written` wrote.

    Raises:
        ValueError: it is no such key.
    """
    try:
        raw = base64.b64decode(text.strip().removeprefix(PUBLIC), validate=True)
        return Ed25519PublicKey.from_public_bytes(raw)
    except (binascii.Error, ValueError):
        raise ValueError("no public key") from None


def _verifies(key: Ed25519PublicKey, signature: str, signed: bytes) -> bool:
    version, _, given = signature.partition(",")
    if version != "v1a":
        return False
    try:
        key.verify(base64.b64decode(given, validate=True), signed)
    except (binascii.Error, InvalidSignature, ValueError):
        return False
    return True
