"""docs/operating.md, the stores of several hosts: each block as it is written, on three hosts in network namespaces.

Packages are there already and no systemd runs, so ``apt-get`` and ``systemctl`` are a few lines that do those commands'
part; everything else is the page's own words, run by bash as root on a host with its own ``/etc`` and ``/var``.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from host_network import Network, why_no_network

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
POSTGRES = Path("/usr/lib/postgresql/15/bin")
SECONDS = 60.0

APT_GET = """
mkdir -p /run/postgresql /run/redis /run/sentinel /var/log/redis /var/log/postgresql /var/lib/redis
chown postgres:postgres /run/postgresql /var/log/postgresql
chown redis:redis /run/redis /run/sentinel /var/log/redis /var/lib/redis
case "$*" in
  *postgresql*)
    # What the package ssl-cert, which PostgreSQL's brings, makes where it is installed.
    certificate=/etc/ssl/certs/ssl-cert-snakeoil.pem key=/etc/ssl/private/ssl-cert-snakeoil.key
    if [ ! -e $certificate ]; then
      openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=host -keyout $key -out $certificate 2>/dev/null
      chown root:ssl-cert $key; chmod 640 $key
    fi
    [ -e /etc/postgresql/15/main/postgresql.conf ] || pg_createcluster 15 main ;;
  *redis-sentinel*) touch /etc/redis/sentinel.conf; chown -R redis:redis /etc/redis ;;
esac
"""
SYSTEMCTL = """
does=$1; shift
for unit in "$@"; do case $unit in
  postgresql) pg_ctlcluster 15 main "$does" ;;
  redis-server) setpriv --reuid=redis --regid=redis --clear-groups redis-server /etc/redis/redis.conf ;;
  redis-sentinel) setpriv --reuid=redis --regid=redis --clear-groups redis-server /etc/redis/sentinel.conf --sentinel ;;
esac; done
"""
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
    return [textwrap.dedent(one) for one in re.findall(r"^ *```sh\n(.*?)^ *```", step, re.DOTALL | re.MULTILINE)]


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


class Host:
    """A namespace of network and mounts that lasts, and what is run in it."""

    def __init__(self, name: str, network: Network, folder: Path) -> None:
        self.name = name
        self._address = network.addresses[name]
        self._namespace = network.namespace(name)
        tools = folder / "tools"
        tools.mkdir(parents=True)
        for tool, script in (("apt-get", APT_GET), ("systemctl", SYSTEMCTL)):
            (tools / tool).write_text(f"#!/bin/sh\nset -e{script}")
            (tools / tool).chmod(0o755)
        self._tools = tools
        # /etc as a fresh machine's, but for what packages bring; /var and what is installed by hand are empty.
        setup = f"""
            mkdir -p {folder}/etc
            cp -a /etc/. {folder}/etc/
            rm -rf {folder}/etc/postgresql {folder}/etc/motcua
            mkdir {folder}/etc/postgresql
            mount --bind {folder}/etc /etc
            for place in /run /var /opt /usr/local/bin; do mount -t tmpfs -o mode=755 tmpfs $place; done
            mkdir -p /var/lib/postgresql /var/lib/redis /var/log/postgresql /var/log/redis /var/backups /opt/motcua
            chown postgres:postgres /var/lib/postgresql
            mount --bind -o ro {ROOT} /opt/motcua
            touch {folder}/is-set-up
            exec sleep infinity
        """
        command = ["ip", "netns", "exec", self._namespace, "unshare", "--mount", "--propagation", "private"]
        self._life = subprocess.Popen([*command, "sh", "-e", "-c", setup], umask=0o022)
        wait_for(lambda: (folder / "is-set-up").exists(), self.is_alive)

    def is_alive(self) -> bool:
        return self._life.poll() is None

    def run(self, block: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """As somebody at this host types it, after the block of the step's beginning."""
        inside = ["nsenter", "--target", str(self._life.pid), "--mount", "--net", "--wdns=/"]
        mine = blocks()[0].replace("YOUR_PASSWORD", "a0b1c2d3e4f5").replace("here=$one ", f"here=${self.name} ")
        done = subprocess.run(
            [*inside, "bash", "-e", "-c", f"{mine}\n{block}"],
            env={"PATH": f"{self._tools}:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
            text=True,
            umask=0o022,
        )
        assert done.returncode == 0 or not check, f"on {self.name}:\n{block}\n{done.stdout}"
        return done

    def python(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A script of ours with the settings of this host's file."""
        words = " ".join(arguments)
        lines = f"set -a; . /etc/motcua/motcua.env; cd {ROOT}; PYTHONPATH={ROOT} {sys.executable} - {words} <<'SCRIPT'"
        return self.run(f"{lines}\n{script}\nSCRIPT", check=False)

    def stop(self) -> None:
        listed = subprocess.run(["ip", "netns", "pids", self._namespace], capture_output=True, text=True, check=False)
        for pid in map(int, listed.stdout.split()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._life.wait()


def wait_for(condition: object, goes_on: object = lambda: True) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():  # type: ignore[operator]
        assert goes_on() and time.monotonic() < deadline, "waited in vain"  # type: ignore[operator]  # noqa: PT018
        time.sleep(0.2)


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
            found[name] = Host(name, network, tmp_path / name)
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
