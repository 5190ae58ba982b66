"""docs/operating.md, the stores of several hosts: each block as it is written, on three hosts in network namespaces."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from host_network import Network, why_no_network
from written_host import ROOT, Host, blocks_of, wait_for

PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
POSTGRES = Path("/usr/lib/postgresql/15/bin")

WRITES = """
import sys
from stores.database import Database
from stores.redis_clients import connect
from runtime import settings
from catalogue.tables import ImportedNotice
given = settings.load()
database = Database(given.effective_database_url)
if sys.argv[1] == "first":
    database.migrate()
with database.writing() as session:
    # Merged: it is tried again where the database was there before Redis was.
    session.merge(ImportedNotice(kind="test", key=sys.argv[1], body="{}"))
with database.reading() as session:
    print(*sorted(notice.key for notice in session.query(ImportedNotice)))
with connect(given, hurried=True) as redis:
    redis.rpush("motcua:test", sys.argv[1])
    print(*redis.lrange("motcua:test", 0, -1))
"""


def blocks() -> list[str]:
    """What stands in the page's step on stores."""
    step = PAGE.partition("3. **Stores for several hosts.**")[2].partition("4. **The service**")[0]
    return blocks_of(step)


def beginning(name: str) -> str:
    """The block of the step's beginning, as it is typed on a host."""
    return blocks()[0].replace("YOUR_PASSWORD", "a0b1c2d3e4f5").replace("here=$one ", f"here=${name} ")


def hosts_of(block: str) -> list[str]:
    """Where its first line says it is run."""
    first = block.partition("\n")[0]
    assert first.startswith("# on "), first
    return re.findall(r"\b(?:one|two|three)\b", first.partition(":")[0])


def why_not_here() -> str | None:
    if not (POSTGRES / "pg_basebackup").exists() or shutil.which("pg_createcluster") is None:
        return "postgresql-15 is not installed"
    if shutil.which("redis-server") is None:
        return "redis-server is not installed"
    return why_no_network()


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[dict[str, Host]]:
    if (reason := why_not_here()) is not None:
        pytest.skip(f"no hosts to try the page on: {reason}")
    addresses = dict(re.findall(r"\b(one|two|three)=(10\.[0-9.]+)", blocks()[0]))
    # The users of the servers go through these folders.
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o011)
    with ExitStack() as stack:
        network = stack.enter_context(Network(addresses))
        found = {}
        for name in addresses:
            found[name] = Host(name, network, tmp_path / name, beginning(name))
            stack.callback(found[name].stop)
        yield found


def test_the_stores_are_set_up_as_it_is_written_and_outlive_their_leaders(
    hosts: dict[str, Host], tmp_path: Path
) -> None:
    *written, secrets, promotes = blocks()[1:]
    for block in written:
        for name in hosts_of(block):
            hosts[name].run(block)
    assert hosts_of(secrets) == ["one", "two"]
    hosts["one"].run("/opt/motcua/deploy/server/install.sh")
    keys = hosts["one"].run("cd /etc/motcua/secrets; sha256sum *.key *.passphrase").stdout
    hosts["two"].run(f"mkdir -p /etc/motcua; cp -r {tmp_path}/one/etc/motcua/secrets /etc/motcua/secrets")
    hosts["two"].run("/opt/motcua/deploy/server/install.sh")
    assert hosts["two"].run("cd /etc/motcua/secrets; sha256sum *.key *.passphrase").stdout == keys
    # Copied as root, they are the service's to read all the same.
    listed = hosts["two"].run("stat -c '%a %U %G' /etc/motcua/secrets/*.key").stdout
    assert set(listed.splitlines()) == {"640 root motcua"}
    for name in hosts_of(secrets):
        hosts[name].run(secrets)
    # Followers take some seconds to have what the leader had before them.
    wait_for(lambda: "min_slaves_good_slaves:2" in hosts["one"].run('redis-cli -a "$password" info replication').stdout)
    first = hosts["one"].python(WRITES, "first")
    assert first.stdout.split("\n")[-3:-1] == ["first", "first"], first.stdout
    second = hosts["two"].python(WRITES, "second")
    assert second.stdout.split("\n")[-3:-1] == ["first second", "first second"], second.stdout
    # One dies: its database, its Redis and its Sentinel.
    hosts["one"].stop()
    assert hosts_of(promotes) == ["two"]
    hosts["two"].run(promotes)
    said = "nothing"

    def goes_on() -> bool:
        nonlocal said
        said = hosts["two"].python(WRITES, "third").stdout
        return said.split("\n")[-3:-1] == ["first second third", "first second third"]

    wait_for(goes_on)
