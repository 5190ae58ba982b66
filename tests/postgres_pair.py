"""PostgreSQL with a streaming standby, from the installed binaries."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from free_ports import free_port
from postgres_server import _binary

OWNER = "postgres" if os.geteuid() == 0 else None


class Pair:
    """A leader and a streaming standby.

    Args:
        folder: empty, its path short: sockets lie in it.
        binaries: of PostgreSQL.
        address: both listen on.
        network: whose hosts are let in beside this machine, as ``10.1.2.0/24``.
    """

    def __init__(self, folder: Path, binaries: Path, address: str = "127.0.0.1", network: str | None = None) -> None:
        self._folder = folder
        self._binaries = binaries
        self._address = address
        self._network = network
        self.ports = {"leader": free_port(), "standby": free_port()}

    @property
    def url(self) -> str:
        hosts = "&".join(f"host={self._address}:{port}" for port in self.ports.values())
        return f"postgresql://motcua@/postgres?{hosts}&target_session_attrs=read-write"

    def start(self) -> None:
        self._run("initdb", "-D", "leader", "-U", "motcua", "-A", "trust", "-E", "UTF8", "--no-sync")
        if self._network is not None:
            with (self._folder / "leader" / "pg_hba.conf").open("a") as file:
                file.write(f"host all,replication all {self._network} trust\n")
        self._start("leader")
        port = str(self.ports["leader"])
        self._run(
            "pg_basebackup",
            "-h",
            self._address,
            "-p",
            port,
            "-U",
            "motcua",
            "-D",
            "standby",
            "-R",
            "-c",
            "fast",
            "--no-sync",
        )
        self._start("standby")

    def loses_nothing(self) -> None:
        """From now on the leader says of nothing that it is kept before its standby has it, too."""
        for command in ("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"):
            port = str(self.ports["leader"])
            self._run("psql", "-h", self._address, "-p", port, "-U", "motcua", "-d", "postgres", "-c", command)

    def kill_leader(self) -> None:
        number = int((self._folder / "leader" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(number, signal.SIGQUIT)
        deadline = time.monotonic() + 20
        while (self._folder / "leader" / "postmaster.pid").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def promote(self) -> None:
        self._run("pg_ctl", "-D", "standby", "-w", "promote")

    def stop(self) -> None:
        for name in self.ports:
            if (self._folder / name / "postmaster.pid").exists():
                self._run("pg_ctl", "-D", name, "-m", "immediate", "-w", "stop")

    def _start(self, name: str) -> None:
        options = (
            f"-p {self.ports[name]} -k {self._folder} -c listen_addresses={self._address} -c fsync=off"
            f" -c hot_standby=on"
        )
        self._run("pg_ctl", "-D", name, "-o", options, "-l", f"{name}.log", "-w", "start")

    def _run(self, program: str, *arguments: str) -> None:
        with (self._folder / "commands.log").open("ab") as output:
            command = [str(self._binaries / program), *arguments]
            subprocess.run(command, check=True, timeout=120, user=OWNER, cwd=self._folder, stdout=output, stderr=output)


def why_no_pair() -> str | None:
    """Why none can be started here; None when it can."""
    initdb = _binary("initdb")
    there = initdb is not None and (Path(initdb).resolve().parent / "pg_basebackup").exists()
    return None if there else "postgresql is not installed"


@contextmanager
def postgres_pair(address: str = "127.0.0.1", network: str | None = None) -> Iterator[Pair]:
    """A leader and its standby, started; see :class:`Pair`."""
    initdb = _binary("initdb")
    assert initdb is not None
    folder = Path(tempfile.mkdtemp(prefix="motcua-pair-"))
    if OWNER is not None:
        shutil.chown(folder, OWNER)
    made = Pair(folder, Path(initdb).resolve().parent, address, network)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)
