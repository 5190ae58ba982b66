"""Values sealed with a passphrase a person knows, for what must be readable where the secret key is lost.

scrypt makes guessing costly (RFC 7914; 32 MB and about 0.1 s a try), Fernet encrypts and authenticates.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os

from cryptography.fernet import Fernet, InvalidToken

from runtime.messages import Message
from stores.sealing import SealBroken

SHORTEST = 12
"""Characters of a passphrase."""
_N, _R, _P = 2**15, 8, 1
_MEMORY = 64 * 1024 * 1024


def close(value: bytes, passphrase: str) -> bytes:
    """Seal a value; the result says how it was made."""
    salt = os.urandom(16)
    head = {"kdf": "scrypt", "n": _N, "r": _R, "p": _P, "salt": base64.b64encode(salt).decode()}
    token = Fernet(_key(passphrase, salt, _N, _R, _P)).encrypt(value).decode()
    return json.dumps({**head, "sealed": token}, indent=1).encode() + b"\n"


def open_sealed(sealed: bytes, passphrase: str) -> bytes:
    """What :func:`close` was given.

    Raises:
        SealBroken: wrong passphrase, changed or cut file.
    """
    try:
        fields = json.loads(sealed)
        n, r, p = (int(fields[name]) for name in ("n", "r", "p"))
        # A file from outside must not choose how much memory we take.
        if fields["kdf"] != "scrypt" or (n, r, p) != (_N, _R, _P):
            raise SealBroken(Message("it was sealed in a way this version does not know"))
        key = _key(passphrase, base64.b64decode(fields["salt"]), n, r, p)
        return Fernet(key).decrypt(fields["sealed"].encode())
    except InvalidToken:
        raise SealBroken(Message("the passphrase is another one, or the file was changed")) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, SealBroken):
            raise
        raise SealBroken(Message("it is no sealed file, or was cut")) from None


def _key(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    raw = hashlib.scrypt(passphrase.encode(), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=32)
    return base64.urlsafe_b64encode(raw)
