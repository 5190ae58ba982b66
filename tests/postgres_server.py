"""A PostgreSQL database for a test: a given server, else one of our own from the installed binaries."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from free_ports import free_port
from sqlalchemy import create_engine, make_url, text

ADDRESS = "MOTCUA_TEST_POSTGRES_URL"


def _binary(name: str) -> str | None:
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return shutil.which(name) or (str(newest[0]) if newest else None)


def why_no_postgres() -> str | None:
    """Why no server of one's own can be started here; None when it can."""
    return "postgresql is not installed" if _binary("initdb") is None or _binary("pg_ctl") is None else None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server; skips with the reason when there is none and none can be started."""
    given = os.environ.get(ADDRESS)
    if given:
        yield given
        return
    if (reason := why_no_postgres()) is not None:
        pytest.skip(f"no PostgreSQL: {ADDRESS} is not set, and {reason}")
    with postgres_at("127.0.0.1") as url:
        yield url


@contextmanager
def postgres_at(address: str, network: str | None = None) -> Iterator[str]:
    """A server of one's own from the installed binaries; its address.

    Args:
        address: where it listens.
        network: whose hosts are let in beside this machine, as ``10.1.2.0/24``.
    """
    initdb, pg_ctl = _binary("initdb"), _binary("pg_ctl")
    assert initdb is not None
    assert pg_ctl is not None
    # PostgreSQL refuses to run as root, which is what a container's user often is.
    owner = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="motcua-postgres-"))
    try:
        if owner is not None:
            shutil.chown(folder, owner)
        data, port = folder / "data", free_port()
        _run([initdb, "-D", str(data), "-U", "motcua", "-A", "trust", "-E", "UTF8", "--no-sync"], folder, owner)
        if network is not None:
            with (data / "pg_hba.conf").open("a") as file:
                file.write(f"host all all {network} trust\n")
        options = f"-p {port} -k {folder} -c listen_addresses={address} -c fsync=off"
        start = [pg_ctl, "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start"]
        _run(start, folder, owner)
        try:
            yield f"postgresql+psycopg://motcua@{address}:{port}/postgres"
        finally:
            _run([pg_ctl, "-D", str(data), "-m", "immediate", "-w", "stop"], folder, owner)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str], folder: Path, owner: str | None) -> None:
    # The server goes on after pg_ctl has ended and would hold a pipe open.
    with (folder / "commands.log").open("ab") as output:
        subprocess.run(command, check=True, timeout=120, user=owner, cwd=folder, stdout=output, stderr=output)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database on the server, dropped after the test."""
    name = f"motcua_{uuid.uuid4().hex[:12]}"
    admin = create_engine(make_url(postgres_server), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()
