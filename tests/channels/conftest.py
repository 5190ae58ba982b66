from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import free_ports
import pytest
from channels_doubles import GatewayProcess, ScriptedCore
from flask.testing import FlaskClient
from installations import create_app
from redis import Redis

from installation.tables import migrate
from runtime.settings import Settings
from stores.redis_server import RedisServer
from stores.sealing import Seal

SECRET = "a secret of the tests"
TOKEN = "a token of the tests"


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[Redis]:
    with Redis.from_url(redis_server.url, decode_responses=True) as client:
        client.flushall()
        yield client


@pytest.fixture
def seal() -> Seal:
    return Seal(SECRET.encode())


@pytest.fixture
def core() -> Iterator[ScriptedCore]:
    scripted = ScriptedCore()
    yield scripted
    scripted.close()


@pytest.fixture
def free_port() -> int:
    return free_ports.free_port()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with its tables; copying it is quicker than making them anew."""
    path = tmp_path_factory.mktemp("migrated") / "motcua.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def set_up(
    tmp_path: Path, redis: Redis, redis_server: RedisServer, core: ScriptedCore, migrated_file: Path
) -> Callable[..., Settings]:
    """Settings for a test of its own; keywords change single ones."""

    def build(**changes: object) -> Settings:
        if not (tmp_path / "motcua.db").exists():
            shutil.copy(migrated_file, tmp_path / "motcua.db")
        usual = {
            "data_dir": tmp_path,
            "redis_url": redis_server.url,
            "core_url": core.url,
            "secret_key": SECRET,
            "twilio_auth_token": TOKEN,
            "turn_timeout": 2.0,
        }
        return Settings(**{**usual, **changes})

    return build


@pytest.fixture
def client(set_up: Callable[..., Settings]) -> FlaskClient:
    return create_app(set_up()).test_client()


@pytest.fixture
def start_gateway(
    tmp_path: Path, redis: Redis, redis_server: RedisServer, core: ScriptedCore, free_port: int
) -> Iterator[Callable[..., GatewayProcess]]:
    """Starts the gateway's process; keywords are settings, in capitals and without prefix."""
    running: list[GatewayProcess] = []

    def start(**changes: str) -> GatewayProcess:
        usual = {
            "DATA_DIR": str(tmp_path / "data"),
            "REDIS_URL": redis_server.url,
            "CORE_URL": core.url,
            "SECRET_KEY": SECRET,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TURN_TIMEOUT": "5",
            "WEB_THREADS": "4",
            "PORT": str(free_port),
        }
        environment = {f"MOTCUA_{name}": value for name, value in {**usual, **changes}.items()}
        running.append(GatewayProcess(tmp_path, environment))
        return running[-1]

    yield start
    for process in running:
        process.stop()
