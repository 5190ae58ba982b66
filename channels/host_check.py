"""Whether a request names a host this installation is reached by.

A page elsewhere can have its own name lead to 127.0.0.1 and have a browser on this machine ask there (DNS rebinding);
what trusts callers of the machine would then answer strangers. The browser still says the name it asked for.
"""

from __future__ import annotations

from ipaddress import ip_address

from flask import Flask, request

from channels.errors import Problem
from runtime.settings import Settings


def known_hosts(settings: Settings) -> frozenset[str]:
    """The names, in small letters, beside addresses, which nobody can have lead elsewhere."""
    named = [name.strip().lower() for name in settings.host_names.split(",")]
    public = settings.public_url.host if settings.public_url else None
    return frozenset(filter(None, ("localhost", settings.host.lower(), public and public.lower(), *named)))


def is_known(host: str, known: frozenset[str]) -> bool:
    """Whether a Host field names one of them, or an address; empty as in HTTP/1.0 it names nothing."""
    name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    name = name.lower().rstrip(".")
    if not name or name in known:
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def register(app: Flask, settings: Settings) -> None:
    """Refuse other hosts with status 421."""
    known = known_hosts(settings)

    @app.before_request
    def _refuse_other_hosts() -> None:
        if not is_known(request.headers.get("Host", ""), known):
            raise Problem(
                421, "unknown_host", "this is no name of this server: MOTCUA_PUBLIC_URL or MOTCUA_HOST_NAMES says them"
            )
