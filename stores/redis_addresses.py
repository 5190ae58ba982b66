"""Clients of Redis by its address: one server, whichever of several the Sentinels name as leader, or a Redis Cluster.

``redis+sentinel://:PASSWORD@HOST1,HOST2:26380,HOST3/NAME`` names the Sentinels (port 26379 where none is said) and what
they call the group; the password is the servers' own. ``redis+cluster://:PASSWORD@HOST1,HOST2:7001,HOST3`` names some
nodes of a cluster (port 6379 where none is said), ``rediss+cluster://`` the same with TLS; it tells of the others.
Reads no settings, so that a supervisor may use it.

In a cluster, keys that are read or written together must lie in one slot: :func:`beside` names them so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from redis import Redis, RedisCluster, Sentinel
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio import Sentinel as AsyncSentinel
from redis.asyncio.cluster import ClusterNode as AsyncClusterNode
from redis.cluster import ClusterNode

from runtime.messages import Message
from stores.redis_cluster import SteadyCluster
from stores.redis_pipeline import BriefRedis

SENTINEL = "redis+sentinel://"
CLUSTER = ("redis+cluster://", "rediss+cluster://")
PORT = 26379
NODE_PORT = 6379
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


@dataclass(frozen=True, slots=True)
class Cluster:
    """Some nodes of a cluster."""

    hosts: tuple[tuple[str, int], ...]
    username: str | None
    password: str | None
    tls: bool

    def options(self, given: dict[str, Any]) -> dict[str, Any]:
        """What a client of it is made with."""
        # Counted for the whole cluster by the library's own way of following it, which one server has no need of.
        own = {name: value for name, value in given.items() if name != "retry"}
        return {"username": self.username, "password": self.password, "ssl": self.tls, **own}


def beside(prefix: str, key: str) -> str:
    """Name a key that is used in one step with another, so that a cluster keeps both in one slot.

    Args:
        prefix: of the new name.
        key: the other one, without braces.
    """
    return f"{prefix}{{{key}}}"


def servers_of(client: Redis | RedisCluster) -> list[Redis]:
    """Each server that holds keys, as a client of it alone: what is asked of a server has no answer of a cluster."""
    if isinstance(client, RedisCluster):
        masters = client.get_primaries()  # type: ignore[no-untyped-call]
        return [client.get_redis_connection(node) for node in masters]
    return [client]


def read_cluster(url: str) -> Cluster:
    """Read an address of a cluster.

    Raises:
        WrongAddress: hosts are missing, a port is none, or it names a database: a cluster has one.
    """
    parts = urlsplit(url)
    hosts, username, password = _places(parts.netloc, NODE_PORT)
    if not hosts or parts.path.strip("/"):
        raise WrongAddress(Message("must be redis+cluster://HOST,HOST,HOST, without a database's number"))
    return Cluster(hosts, username, password, url.startswith("rediss"))


def read_sentinels(url: str) -> Sentinels:
    """Read an address of Sentinels.

    Raises:
        WrongAddress: hosts or the group's name are missing, or a port is none.
    """
    parts = urlsplit(url)
    group = unquote(parts.path.strip("/"))
    hosts, username, password = _places(parts.netloc, PORT)
    if not hosts or not group or "/" in group:
        raise WrongAddress(Message("must be redis+sentinel://HOST,HOST,HOST/NAME"))
    return Sentinels(hosts, group, username, password)


def client_at(url: str, **options: Any) -> Redis:
    """A client with a connection pool; connects on first use, and to the new leader after a failover."""
    if url.startswith(CLUSTER):
        nodes = read_cluster(url)
        # It has every command of a Redis that is used here; scans and multi-key deletions go to all nodes.
        return cast(
            Redis,
            RedisCluster(
                startup_nodes=[ClusterNode(*host) for host in nodes.hosts],  # type: ignore[no-untyped-call]
                **nodes.options(options),
            ),
        )
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
    if url.startswith(CLUSTER):
        nodes = read_cluster(url)
        return cast(
            AsyncRedis,
            SteadyCluster(startup_nodes=[AsyncClusterNode(*host) for host in nodes.hosts], **nodes.options(options)),
        )
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


def _places(netloc: str, usual: int) -> tuple[tuple[tuple[str, int], ...], str | None, str | None]:
    """Hosts with ports, user and password of an address."""
    login, _, places = netloc.rpartition("@")
    username, _, password = login.partition(":")
    try:
        hosts = tuple(_host(place, usual) for place in places.split(",") if place)
    except ValueError:
        raise WrongAddress(Message("a port is no number")) from None
    return hosts, unquote(username) or None, unquote(password) or None


def _host(place: str, usual: int) -> tuple[str, int]:
    host, _, port = place.rpartition(":") if ":" in place else (place, "", "")
    return host, int(port) if port else usual
