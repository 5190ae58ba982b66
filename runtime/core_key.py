"""The bearer key between gateway and core, derived from the secret both know."""

from __future__ import annotations

import hashlib
import hmac


def core_key(secret: bytes) -> str:
    """Hexadecimal key; whoever knows it may put words into any conversation."""
    return hmac.new(secret, b"core", hashlib.sha256).hexdigest()
