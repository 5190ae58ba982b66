"""Two hosts behind no affinity at all: one database, one Redis, one key; each has a data folder of its own."""

from __future__ import annotations

import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from postgres_server import postgres_server, postgres_url  # noqa: F401 - fixtures
from running_system import RunningSystem

from stores.redis_server import RedisServer

# ruff: noqa: F811 - pytest's fixtures are imported, and named again as arguments

pytestmark = pytest.mark.xdist_group("two-hosts")


@pytest.fixture(scope="module")
def database(postgres_server: str) -> Iterator[str]:
    """An empty database for the whole module."""
    from sqlalchemy import create_engine, make_url, text

    name = f"motcua_{secrets.token_hex(6)}"
    admin = create_engine(make_url(postgres_server), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(scope="module")
def hosts(trained: None, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RunningSystem]]:
    folder = tmp_path_factory.mktemp("hosts")
    with RedisServer(folder / "redis") as redis, ExitStack() as stack:
        shared = {
            "MOTCUA_DATABASE_URL": database,
            "MOTCUA_REDIS_URL": redis.url,
            "MOTCUA_SECRET_KEY": "a secret of the tests that two hosts share",
            "MOTCUA_SPEECH_ENGINE": "none",
        }
        made = []
        for name in ("a", "b"):
            host = RunningSystem(data=Path(folder / name), log=Path(folder / f"{name}.log"), settings=shared)
            stack.callback(host.stop)
            host.start()
            made.append(host)
        yield made


def test_a_conversation_goes_on_at_the_other_host(hosts: list[RunningSystem]) -> None:
    first, second = hosts
    conversation = secrets.token_hex(8)
    first.say("làm giấy khai sinh cần gì", conversation=conversation)
    assert second.say("lệ phí", conversation=conversation).text.startswith("Làm giấy khai sinh. Lệ phí")
    assert "Nơi nộp" in first.say("nộp ở đâu", conversation=conversation).text


def test_a_host_that_is_killed_leaves_nobody_without_an_answer(hosts: list[RunningSystem]) -> None:
    first, second = hosts
    conversation = secrets.token_hex(8)
    first.say("làm giấy khai sinh cần gì", conversation=conversation)
    assert first.process is not None
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    assert second.say("lệ phí", conversation=conversation).text.startswith("Làm giấy khai sinh. Lệ phí")
    deadline = time.monotonic() + 60
    while httpx.get(second.url + "/readyz", trust_env=False).json()["others"]["worker"]["state"] != "ok":
        assert time.monotonic() < deadline
        time.sleep(0.5)
    first.start()
    assert first.say("nộp ở đâu", conversation=conversation).text
