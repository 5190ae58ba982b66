"""Who is calling: a process on this machine, a reverse proxy we trust, or somebody with our key."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Protocol

from runtime.messages import Message
from runtime.settings import Settings, SettingsError

if TYPE_CHECKING:
    # The process that accepts connections reads this, too, and serves nothing with Flask.
    from flask import Request


class HeaderNames(Protocol):
    """Names of a request's header fields, whatever their case."""

    def __contains__(self, name: str, /) -> bool:
        """Whether there is such a field."""
        ...


_FORWARDING_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip")


@dataclass(frozen=True, slots=True)
class Callers:
    """What the settings say about callers.

    Args:
        development: whether callers on this machine need no key.
        api_key: the bearer key, if one is set.
        proxies: networks whose forwarding headers are believed.
        kiosks: networks whose browsers may use the kiosk's page in production, beside this machine.
    """

    development: bool
    api_key: str | None
    proxies: tuple[IPv4Network | IPv6Network, ...]
    kiosks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def from_settings(cls, settings: Settings) -> Callers:
        """Read the settings.

        Raises:
            SettingsError: an entry of ``MOTCUA_TRUSTED_PROXIES`` or ``MOTCUA_KIOSK_FROM`` is no address.
        """
        key = settings.api_key.get_secret_value() if settings.api_key else None
        return cls(
            settings.is_development,
            key or None,
            _networks("MOTCUA_TRUSTED_PROXIES", settings.trusted_proxies),
            _networks("MOTCUA_KIOSK_FROM", settings.kiosk_from),
        )

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
        return _is_direct(request.headers) and _is_loopback(request.remote_addr)

    def may_use_kiosk(self, remote: str | None, headers: HeaderNames) -> bool:
        """Whether a browser may use the kiosk's page, which takes words, numbers and wishes without any key.

        Args:
            remote: address of the other end of the connection.
            headers: of the request.
        """
        if self.development:
            return True
        address = _address(remote)
        known = _is_loopback(remote) or (address is not None and any(address in network for network in self.kiosks))
        return known and _is_direct(headers)

    def is_proxy(self, remote: str) -> bool:
        """Whether an address is a trusted proxy's."""
        address = _address(remote)
        return address is not None and any(address in network for network in self.proxies)

    def speaks_for_many(self, remote: str) -> bool:
        """Whether many callers come from an address: a trusted proxy, or this machine."""
        address = _address(remote)
        if address is None or address.is_loopback:
            return True
        return any(address in network for network in self.proxies)

    def address_of(self, request: Request) -> str:
        """Where a request comes from, for limits: what a trusted proxy says, else the other end of the connection.

        Of IPv6 the network: whoever has one address has 2^64.
        """
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        given = forwarded if forwarded and self.is_trusted_proxy(request) else request.remote_addr
        address = _address(given)
        if isinstance(address, IPv6Address):
            return str(ip_network((address, 64), strict=False))
        return str(address or "")

    def is_trusted_proxy(self, request: Request) -> bool:
        """Whether forwarding headers of this request may be believed."""
        address = _address(request.remote_addr)
        return address is not None and any(address in network for network in self.proxies)


def _networks(setting: str, listed: str) -> tuple[IPv4Network | IPv6Network, ...]:
    networks = []
    for entry in filter(None, (part.strip() for part in listed.split(","))):
        try:
            networks.append(ip_network(entry, strict=False))
        except ValueError:
            raise SettingsError(
                Message(
                    "{setting}={entry}: must be addresses or networks, comma-separated", setting=setting, entry=entry
                )
            ) from None
    return tuple(networks)


def _is_direct(headers: HeaderNames) -> bool:
    """Whether no proxy speaks here for somebody else."""
    return not any(name in headers for name in _FORWARDING_HEADERS)


def _is_loopback(remote: str | None) -> bool:
    address = _address(remote)
    return address is not None and address.is_loopback


def _address(remote: str | None) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(remote or "")
    except ValueError:
        # A Unix socket has no address.
        return None
    # A socket for both families shows IPv4 callers as ::ffff:127.0.0.1.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
