"""One-time codes a box is enrolled with, and what both sides prove with them without sending them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from kiosk.protocol.keys import PublicKeys
from runtime.messages import Message

SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O or U, so that a code read from paper or over the telephone is not misread."""

LENGTH: Final = 12
"""Sixty bits: ten thousand tries a second would find one of them within a code's day once in a thousand million times.

So tries are not counted: whoever sends wrong codes must not be able to keep others from enrolling."""

_MISREAD = str.maketrans("ILO", "110")


def new_code() -> str:
    """A code in groups: ``7KQ2-M0XN-4RTB``."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    return "-".join(signs[place : place + 4] for place in range(0, LENGTH, 4))


def code_key(code: str) -> bytes:
    """The key both sides work out from a code as typed. Takes 50 ms, so that guessing is slow.

    Raises:
        ValueError: it is no code.
    """
    signs = "".join(sign for sign in code.upper().translate(_MISREAD) if not sign.isspace() and sign != "-")
    if len(signs) != LENGTH or any(sign not in SIGNS for sign in signs):
        raise ValueError(Message("a code has {length} letters and digits, like 7KQ2-M0XN-4RTB", length=LENGTH))
    return hashlib.scrypt(signs.encode(), salt=b"motcua kiosk enrolment 1", n=2**14, r=8, p=1, dklen=32)


def lookup(key: bytes) -> str:
    """What the centre finds the code by; tells nothing of it."""
    return _mac(key, b"lookup")[:32]


def box_proof(key: bytes, box: PublicKeys) -> str:
    """The box knows the code and has these keys."""
    return _mac(key, b"box", box.sign, box.seal)


def centre_proof(key: bytes, box: PublicKeys, centre: PublicKeys, kiosk: str, name: str) -> str:
    """The centre knows the code, has these keys and gives the box this id and name."""
    return _mac(key, b"centre", box.sign, box.seal, centre.sign, centre.seal, kiosk.encode(), name.encode())


def _mac(key: bytes, *parts: bytes) -> str:
    joined = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.new(key, joined, hashlib.sha256).hexdigest()
