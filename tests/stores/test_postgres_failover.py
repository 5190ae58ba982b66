"""PostgreSQL with a standby: the leader is killed, the standby promoted, and the same object goes on writing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from free_ports import free_port
from postgres_server import _binary
from sqlalchemy.exc import SQLAlchemyError

from catalogue.tables import ImportedNotice
from stores.database import Database

OWNER = "postgres" if os.geteuid() == 0 else None


class Pair:
    """A leader and a streaming standby on loopback."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self._folder = folder
        self._binaries = binaries
        self.ports = {"leader": free_port(), "standby": free_port()}

    @property
    def url(self) -> str:
        hosts = "&".join(f"host=127.0.0.1:{port}" for port in self.ports.values())
        return f"postgresql://motcua@/postgres?{hosts}&target_session_attrs=read-write"

    def start(self) -> None:
        self._run("initdb", "-D", "leader", "-U", "motcua", "-A", "trust", "-E", "UTF8", "--no-sync")
        self._start("leader")
        port = str(self.ports["leader"])
        self._run(
            "pg_basebackup",
            "-h",
            "127.0.0.1",
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
            f"-p {self.ports[name]} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off -c hot_standby=on"
        )
        self._run("pg_ctl", "-D", name, "-o", options, "-l", f"{name}.log", "-w", "start")

    def _run(self, program: str, *arguments: str) -> None:
        with (self._folder / "commands.log").open("ab") as output:
            command = [str(self._binaries / program), *arguments]
            subprocess.run(command, check=True, timeout=120, user=OWNER, cwd=self._folder, stdout=output, stderr=output)


@pytest.fixture
def pair() -> Iterator[Pair]:
    initdb = _binary("initdb")
    if initdb is None or not (Path(initdb).resolve().parent / "pg_basebackup").exists():
        pytest.skip("no PostgreSQL: postgresql is not installed")
    # A short path: sockets lie in it.
    folder = Path(tempfile.mkdtemp(prefix="motcua-pair-"))
    if OWNER is not None:
        shutil.chown(folder, OWNER)
    made = Pair(folder, Path(initdb).resolve().parent)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_writing_goes_on_at_the_promoted_standby(pair: Pair) -> None:
    database = Database(pair.url)
    database.migrate()
    write(database, "before")
    wait_until_copied(pair)
    pair.kill_leader()
    with pytest.raises(SQLAlchemyError):
        # A standby answers questions and keeps nothing: it is not taken for the leader.
        write(database, "between")
    pair.promote()
    deadline = time.monotonic() + 30
    while not tried(database, "after"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    with database.reading() as session:
        kept = {notice.key for notice in session.query(ImportedNotice)}
    assert kept == {"before", "after"}
    database.close()


def write(database: Database, key: str) -> None:
    with database.writing() as session:
        session.add(ImportedNotice(kind="test", key=key, body="{}"))


def tried(database: Database, key: str) -> bool:
    try:
        write(database, key)
    except SQLAlchemyError:
        return False
    return True


def wait_until_copied(pair: Pair) -> None:
    standby = Database(f"postgresql://motcua@127.0.0.1:{pair.ports['standby']}/postgres")
    deadline = time.monotonic() + 30
    while True:
        try:
            with standby.reading() as session:
                if session.get(ImportedNotice, {"kind": "test", "key": "before"}) is not None:
                    break
        except SQLAlchemyError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.1)
    standby.close()
