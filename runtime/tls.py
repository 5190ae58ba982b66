"""TLS with certificates from files, for those who offer a connection and those who open one."""

from __future__ import annotations

import ssl
from pathlib import Path


def offering(certificate: Path, key: Path, authority: Path | None) -> ssl.SSLContext:
    """What TLS is offered with.

    Args:
        certificate: ours with the chain to its authority, PEM.
        key: its private key, PEM, without a password.
        authority: whose certificates callers must show; None asks for none.

    Raises:
        OSError: a file is missing or cannot be read, or certificate and key do not belong together (``ssl.SSLError``).
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    if authority is not None:
        context.load_verify_locations(authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def opening(authority: Path | None, certificate: Path | None, key: Path | None) -> ssl.SSLContext:
    """What a connection is opened with; the other side's name is checked.

    Args:
        authority: who vouches for the other side, PEM; None for those the machine knows.
        certificate: shown where we are asked for one, PEM with its chain; None for none.
        key: its private key, PEM, without a password.

    Raises:
        OSError: as for :func:`offering`.
    """
    context = ssl.create_default_context(cafile=authority)
    if certificate is not None:
        context.load_cert_chain(certificate, key)
    return context
