"""TLS between the core and those who ask it, where they are not on one host."""

from __future__ import annotations

import ssl
from typing import Final

from runtime import tls
from runtime.messages import Message, reason_of
from runtime.settings import Settings, SettingsError

PORTS: Final = {"http": 80, "https": 443}
"""Where the core listens when its address names no port."""


def is_used(settings: Settings) -> bool:
    """Whether the core is reached by TLS."""
    return settings.effective_core_url.startswith("https:")


def offering(settings: Settings) -> ssl.SSLContext | None:
    """What the core of this host offers; None on loopback. With an authority nobody is answered who shows no
    certificate of it.

    Raises:
        SettingsError: with the cure, where a file is missing or of no use.
    """
    if not is_used(settings):
        return None
    certificate, key = settings.core_certificate, settings.core_certificate_key
    if certificate is None or key is None:
        raise SettingsError(
            Message("a core reached by https needs MOTCUA_CORE_CERTIFICATE and MOTCUA_CORE_CERTIFICATE_KEY")
        )
    try:
        return tls.offering(certificate, key, settings.core_authority)
    except OSError as error:
        raise _of_no_use(error) from None


def opening(settings: Settings) -> ssl.SSLContext | None:
    """What the core is asked with; None on loopback.

    Raises:
        SettingsError: as for :func:`offering`.
    """
    if not is_used(settings):
        return None
    try:
        return tls.opening(settings.core_authority, settings.core_certificate, settings.core_certificate_key)
    except OSError as error:
        raise _of_no_use(error) from None


def _of_no_use(error: OSError) -> SettingsError:
    return SettingsError(
        Message(
            "MOTCUA_CORE_CERTIFICATE, MOTCUA_CORE_CERTIFICATE_KEY or MOTCUA_CORE_AUTHORITY cannot be used ({reason}); "
            "they must be PEM, readable by this user, the key without a password",
            reason=reason_of(error),
        )
    )
