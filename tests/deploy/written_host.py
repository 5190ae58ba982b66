"""A host in namespaces on which pages of docs/ are walked as they are written: its own network, ``/etc`` and ``/var``.

Packages are there already and no systemd runs, so ``apt-get`` and ``systemctl`` are a few lines that do those commands'
part; everything else is the page's own words, run by bash as root.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import suppress
from pathlib import Path

from host_network import Network

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60.0

APT_GET = """
mkdir -p /run/postgresql /run/redis /run/sentinel /var/log/redis /var/log/postgresql /var/lib/redis
chown postgres:postgres /run/postgresql /var/log/postgresql
chown redis:redis /run/redis /run/sentinel /var/log/redis /var/lib/redis
case "$*" in
  *nginx*) mkdir -p /var/log/nginx /var/lib/nginx ;;
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
  nginx) nginx -s "$does" > /dev/null 2>&1 || nginx > /dev/null 2>&1 ;;
  redis-server) setpriv --reuid=redis --regid=redis --clear-groups redis-server /etc/redis/redis.conf ;;
  redis-sentinel) setpriv --reuid=redis --regid=redis --clear-groups redis-server /etc/redis/sentinel.conf --sentinel ;;
esac; done
"""


def blocks_of(text: str) -> list[str]:
    """What stands in a page to be typed into a shell."""
    return [textwrap.dedent(one) for one in re.findall(r"^ *```sh\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)]


class Host:
    """A namespace of network and mounts that lasts, and what is run in it.

    Args:
        name: in the network.
        network: where it has its cable.
        folder: for its ``/etc``; made.
        beginning: what is typed first in each shell.
        editor: lines that do to the file ``$1`` what an administrator does in an editor.
    """

    def __init__(
        self, name: str, network: Network, folder: Path, beginning: str = "", editor: str = "exit 1\n"
    ) -> None:
        self.name = name
        self._beginning = beginning
        self._address = network.addresses[name]
        self._namespace = network.namespace(name)
        tools = folder / "tools"
        tools.mkdir(parents=True)
        for tool, script in (("apt-get", APT_GET), ("systemctl", SYSTEMCTL), ("editor", editor)):
            (tools / tool).write_text(f"#!/bin/sh\nset -e\n{script}")
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
        """As somebody at this host types it, in a shell of its own."""
        inside = ["nsenter", "--target", str(self._life.pid), "--mount", "--net", "--wdns=/"]
        done = subprocess.run(
            [*inside, "bash", "-e", "-c", f"{self._beginning}\n{block}"],
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
