"""What the program seals, signs and hashes with has 128 bits or more; what has less is named with its reason."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "actions", "assistant", "catalogue", "centre", "channels", "cli", "contract", "installation", "kiosk", "language",
    "learning", "runtime", "speech", "stores", "tickets", "understanding",
)  # fmt: skip
STRONG = {
    # AES-128 in CBC and HMAC-SHA-256; its errors.
    "Fernet", "MultiFernet", "InvalidToken", "InvalidTag", "InvalidSignature",
    "AESGCM", "ChaCha20Poly1305", "AES", "CTR", "Cipher", "HKDF", "SHA256",
    "Ed25519PrivateKey", "Ed25519PublicKey", "X25519PrivateKey", "X25519PublicKey",
    "hashlib.sha256", "hashlib.sha512", "hashlib.sha3_256", "hashlib.blake2b", "hashlib.scrypt", "sha256", "sha512",
    # Key formats and containers: nothing is sealed by them.
    "x509", "serialization", "hashes", "NameOID",
}  # fmt: skip
KNOWN = {
    ("channels/phone/calls/srtp.py", "sha1"): "RFC 3711 allows no other; HMAC-SHA1 with a key of 160 bits",
    ("speech/recognition/model_download.py", "md5"): "a name a publisher's list may use",
    ("speech/voices/piper_download.py", "md5"): "the publisher lists no other; our own table has SHA-256 beside it",
}
"""Weaker names, each with its reason."""
_WEAK = {"md5", "sha1", "des", "rc4", "arc4", "blowfish", "ripemd160", "md4", "tripledes", "3des"}


def used(source: str) -> set[str]:
    """Names of what seals, signs and hashes in a module."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cryptography"):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "hashlib":
            found.add(f"hashlib.{node.attr}")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lower() in _WEAK:
            found.add(node.value.lower())
    return found - {"hashlib.file_digest", "hashlib._Hash", "hashlib.new"}


def places() -> set[tuple[str, str]]:
    return {
        (str(path.relative_to(ROOT)), name)
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for name in used(path.read_text(encoding="utf-8"))
        if name not in STRONG
    }


def test_nothing_weaker_than_128_bits_seals_signs_or_hashes() -> None:
    assert places() - set(KNOWN) == set()


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known[0])
def test_what_is_named_as_weaker_is_there(known: tuple[str, str]) -> None:
    assert known in places()


@pytest.mark.parametrize(
    "weak",
    ["hashlib.md5(b'')", "from cryptography.hazmat.primitives.ciphers.algorithms import TripleDES", 'new("SHA1")'],
)
def test_the_look_finds_weak_ones(weak: str) -> None:
    assert used(weak) - STRONG
