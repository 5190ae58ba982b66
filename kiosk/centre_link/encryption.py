"""The encrypted connection to the centre, on a box whose clock may be years off."""

from __future__ import annotations

import ssl
from typing import Final

import certifi

_NO_CHECK_TIME: Final = 0x200000
"""OpenSSL's ``X509_V_FLAG_NO_CHECK_TIME``; Python has no name for it."""


def connection_to(url: str) -> ssl.SSLContext | bool:
    """What httpx calls ``verify``.

    The certificate must come from an authority that the machine (``update-ca-certificates``, ``SSL_CERT_FILE``) or
    certifi knows, and be for the centre's name; only its dates do not count. A box without a battery for its clock
    takes every certificate for expired or not yet valid, and would never hear from the centre what time it is. Whom it
    talks to, it knows by the centre's signature, not by the certificate.
    """
    if not url.startswith("https:"):
        return True
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.verify_flags |= _NO_CHECK_TIME
    return context
