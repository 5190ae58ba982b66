"""The database and Redis."""

from __future__ import annotations

from collections.abc import Iterator

from installation.doctor.clocks import clock_of
from installation.doctor.finding import Finding, Level
from installation.root import Installation
from runtime.messages import tr, translated
from stores.redis_addresses import servers_of


def database(here: Installation) -> Iterator[Finding]:
    """Whether it answers, its tables are of this version, and its clock is ours."""
    from sqlalchemy import text

    from stores.database_copy import revisions_of, unknown_revisions

    store = here.database
    kind = "SQLite" if store.is_sqlite else "PostgreSQL"
    revisions = revisions_of(store)
    if newer := unknown_revisions(revisions):
        yield Finding(
            "database",
            Level.WRONG,
            tr("its tables are of a newer version ({newer})", newer=", ".join(newer)),
            tr("run the version that made them, or restore a backup of this one"),
        )
        return
    yield Finding(
        "database",
        Level.OK,
        tr("{kind} answers", kind=kind)
        if revisions
        else tr("{kind} answers; its tables are made at the start", kind=kind),
    )
    if not store.is_sqlite:
        with store.engine.connect() as connection:
            theirs = float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
        yield from clock_of("PostgreSQL", theirs)


def redis(here: Installation) -> Iterator[Finding]:
    """Whether it answers, keeps what it is given, and its clock is ours."""
    settings = here.settings
    if settings.redis_url is None:
        yield Finding("redis", Level.OK, tr("embedded: starts with the system, keeps everything in the data folder"))
        return
    for client in servers_of(here.redis):
        seconds, micros = client.time()
        yield from clock_of("Redis", seconds + micros / 1e6)
        kept = client.info("persistence")
        memory = client.info("memory")
        if not int(kept.get("aof_enabled", 0)):
            yield Finding(
                "redis",
                Level.WARNING,
                tr("it does not write every change down: a crash loses conversations and counted tries of minutes"),
                tr("CONFIG SET appendonly yes, and the same in redis.conf"),
            )
        policy = memory.get("maxmemory_policy", "noeviction")
        if policy != "noeviction" and int(memory.get("maxmemory", 0)):
            yield Finding(
                "redis",
                Level.WRONG,
                tr(
                    "it throws away what it likes when it is full ({policy}): conversations and locks among it",
                    policy=policy,
                ),
                tr("CONFIG SET maxmemory-policy noeviction, and the same in redis.conf"),
            )
        yield Finding(
            "redis", Level.OK, tr("version {version} answers", version=client.info("server").get("redis_version", "?"))
        )


def hosts(here: Installation) -> Iterator[Finding]:
    """Whether the other hosts have the same version, key, clock and settings."""
    if here.settings.redis_url is None:
        return
    from installation.hosts import Hosts

    found = list(Hosts.of(here).differences())
    for one in found:
        yield Finding("hosts", Level.WARNING if one.passes else Level.WRONG, translated(one.said), translated(one.cure))
    if not found:
        yield Finding("hosts", Level.OK, tr("no other host is unlike this one"))
