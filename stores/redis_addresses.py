"""Clients of Redis by its address: one server, or whichever of several the Sentinels name as leader.

``redis+sentinel://:PASSWORD@HOST1,HOST2:26380,HOST3/NAME`` names the Sentinels (port 26379 where none is said) and what
they call the group; the password is the servers' own. Reads no settings, so that a supervisor may use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from redis import Redis, Sentinel
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio import Sentinel as AsyncSentinel

from stores.redis_pipeline import BriefRedis

SENTINEL = "redis+sentinel://"
PORT = 26379
SENTINEL_SECONDS = 0.5
"""For one Sentinel's answer; the next one is asked then."""


class WrongAddress(ValueError):
    """The address is none of ours; the message holds no password."""


@dataclass(frozen=True, slots=True)
class Sentinels:
    """Who knows the leader."""

    hosts: tuple[tuple[str, int], ...]
    group: str
    username: str | None
    password: str | None


def read_sentinels(url: str) -> Sentinels:
    """Read an address of Sentinels.

    Raises:
        WrongAddress: hosts or the group's name are missing, or a port is none.
    """
    parts = urlsplit(url)
    login, _, places = parts.netloc.rpartition("@")
    username, _, password = login.partition(":")
    group = unquote(parts.path.strip("/"))
    try:
        hosts = tuple(_host(place) for place in places.split(",") if place)
    except ValueError:
        raise WrongAddress("a port is no number") from None
    if not hosts or not group or "/" in group:
        raise WrongAddress("must be redis+sentinel://HOST,HOST,HOST/NAME")
    return Sentinels(hosts, group, unquote(username) or None, unquote(password) or None)


def client_at(url: str, **options: Any) -> Redis:
    """A client with a connection pool; connects on first use, and to the new leader after a failover."""
    if not url.startswith(SENTINEL):
        return Redis.from_url(url, **options)
    found = read_sentinels(url)
    sentinels = Sentinel(found.hosts, sentinel_kwargs=_hurried())  # type: ignore[no-untyped-call]
    client: Redis = sentinels.master_for(  # type: ignore[no-untyped-call]
        found.group, **{"username": found.username, "password": found.password, **options}
    )
    return client


def async_client_at(url: str, **options: Any) -> AsyncRedis:
    """An asyncio client; make it inside the event loop that uses it."""
    if not url.startswith(SENTINEL):
        return BriefRedis.from_url(url, **options)
    found = read_sentinels(url)
    sentinels = AsyncSentinel(list(found.hosts), sentinel_kwargs=_hurried())  # type: ignore[no-untyped-call]
    client: AsyncRedis = sentinels.master_for(
        found.group, BriefRedis, **{"username": found.username, "password": found.password, **options}
    )
    return client


def _hurried() -> dict[str, float]:
    return {"socket_timeout": SENTINEL_SECONDS, "socket_connect_timeout": SENTINEL_SECONDS}


def _host(place: str) -> tuple[str, int]:
    host, _, port = place.rpartition(":") if ":" in place else (place, "", "")
    return host, int(port) if port else PORT
