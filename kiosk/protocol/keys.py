"""Key pairs of kiosk and centre: one to sign with (Ed25519), one to seal to (X25519).

What a kiosk seals to the centre it cannot open again itself: a stolen box holds nothing readable of what citizens
reported on it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from runtime import durable

_KEY: Final = 32
_NO_NONCE: Final = bytes(12)
"""Each box has a key of its own, used once, so that no nonce is needed."""


class BadSignature(ValueError):
    """Not signed by the one who should have, or changed since."""


class CannotOpen(ValueError):
    """Not sealed to us, or changed since."""


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What everybody may know of somebody: how to check their signatures, how to seal to them."""

    sign: bytes
    seal: bytes

    @classmethod
    def from_text(cls, text: str) -> PublicKeys:
        """Read :attr:`text`. Raises ``ValueError`` for anything else."""
        try:
            raw = base64.urlsafe_b64decode(text.encode("ascii"))
        except (binascii.Error, UnicodeEncodeError):
            raise ValueError("no public keys") from None
        if len(raw) != 2 * _KEY:
            raise ValueError("no public keys")
        return cls(raw[:_KEY], raw[_KEY:])

    @property
    def text(self) -> str:
        """Both keys in 88 signs."""
        return base64.urlsafe_b64encode(self.sign + self.seal).decode()

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits in groups, to be compared by people."""
        digits = hashlib.sha256(self.sign + self.seal).hexdigest()[:16]
        return " ".join(digits[place : place + 4] for place in range(0, 16, 4))

    def check(self, signature: bytes, *parts: bytes) -> None:
        """Pass when ``parts`` were signed by the holder.

        Raises:
            BadSignature: they were not.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.sign).verify(signature, _joined(parts))
        except InvalidSignature:
            raise BadSignature("the signature does not fit") from None

    def close(self, content: bytes, purpose: str) -> bytes:
        """Seal to the holder; whoever opens it must name the same purpose. Adds 48 bytes."""
        once = X25519PrivateKey.generate()
        public = once.public_key().public_bytes_raw()
        shared = once.exchange(X25519PublicKey.from_public_bytes(self.seal))
        key = _box_key(shared, public, self.seal, purpose)
        return public + ChaCha20Poly1305(key).encrypt(_NO_NONCE, content, None)


class Keys:
    """Both private keys of one side."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) != 2 * _KEY:
            raise ValueError("private keys have 64 bytes")
        self._raw = raw
        self._sign = Ed25519PrivateKey.from_private_bytes(raw[:_KEY])
        self._seal = X25519PrivateKey.from_private_bytes(raw[_KEY:])
        self.public = PublicKeys(self._sign.public_key().public_bytes_raw(), self._seal.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> Keys:
        """New ones."""
        return cls(os.urandom(2 * _KEY))

    @classmethod
    def kept(cls, path: Path) -> Keys:
        """Those in a file, which is made when it is missing; two processes starting at once end with the same."""
        if not path.exists():
            candidate = path.with_name(f"{path.name}.{os.getpid()}")
            durable.write(candidate, base64.b64encode(cls.generate()._raw))
            try:
                os.link(candidate, path)
                durable.sync_folder(path.parent)
            except FileExistsError:
                pass
            finally:
                candidate.unlink()
        return cls(base64.b64decode(path.read_bytes()))

    def sign(self, *parts: bytes) -> bytes:
        """A signature over the parts and where each ends."""
        return self._sign.sign(_joined(parts))

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """What :meth:`PublicKeys.close` sealed.

        Raises:
            CannotOpen: sealed to somebody else, for another purpose, or changed.
        """
        public, box = sealed[:_KEY], sealed[_KEY:]
        try:
            shared = self._seal.exchange(X25519PublicKey.from_public_bytes(public))
            key = _box_key(shared, public, self.public.seal, purpose)
            return ChaCha20Poly1305(key).decrypt(_NO_NONCE, box, None)
        except (InvalidTag, ValueError):
            raise CannotOpen("the box cannot be opened with this key") from None


def _box_key(shared: bytes, once: bytes, recipient: bytes, purpose: str) -> bytes:
    info = b"motcua box 1:" + purpose.encode()
    return HKDF(algorithm=SHA256(), length=_KEY, salt=once + recipient, info=info).derive(shared)


def _joined(parts: tuple[bytes, ...]) -> bytes:
    # With their lengths, so that no part can lend bytes to its neighbour.
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)
