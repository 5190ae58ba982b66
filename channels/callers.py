"""Who is calling: a process on this machine, a reverse proxy we trust, or somebody with our key."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from flask import Request

from assistant.settings import Settings, SettingsError

_FORWARDING_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip")


@dataclass(frozen=True, slots=True)
class Callers:
    """What the settings say about callers.

    Args:
        development: whether callers on this machine need no key.
        api_key: the bearer key, if one is set.
        proxies: networks whose forwarding headers are believed.
    """

    development: bool
    api_key: str | None
    proxies: tuple[IPv4Network | IPv6Network, ...]

    @classmethod
    def from_settings(cls, settings: Settings) -> Callers:
        """Read the settings.

        Raises:
            SettingsError: an entry of ``MOTCUA_TRUSTED_PROXIES`` is no address.
        """
        proxies = []
        for entry in filter(None, (part.strip() for part in settings.trusted_proxies.split(","))):
            try:
                proxies.append(ip_network(entry, strict=False))
            except ValueError:
                raise SettingsError(
                    f"MOTCUA_TRUSTED_PROXIES={entry}: must be addresses or networks, comma-separated"
                ) from None
        key = settings.api_key.get_secret_value() if settings.api_key else None
        return cls(settings.is_development, key or None, tuple(proxies))

    def may_use_api(self, request: Request) -> bool:
        """Whether the caller has our key, or needs none."""
        return (self.development and self.is_local(request)) or self.has_key(request)

    def has_key(self, request: Request) -> bool:
        """Whether the request carries our bearer key; takes the same time wherever a wrong one differs."""
        given = request.authorization
        if self.api_key is None or given is None or given.type != "bearer" or not given.token:
            return False
        return hmac.compare_digest(given.token.encode("utf-8", "replace"), self.api_key.encode())

    def is_local(self, request: Request) -> bool:
        """Whether the caller is a process of this machine, and not a proxy on it that speaks for somebody
        else.
        """
        if any(name in request.headers for name in _FORWARDING_HEADERS):
            return False
        address = _address(request)
        return address is not None and address.is_loopback

    def is_trusted_proxy(self, request: Request) -> bool:
        """Whether forwarding headers of this request may be believed."""
        address = _address(request)
        return address is not None and any(address in network for network in self.proxies)


def _address(request: Request) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        # A Unix socket has no address.
        return None
    # A socket for both families shows IPv4 callers as ::ffff:127.0.0.1.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
