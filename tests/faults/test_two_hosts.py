"""Two hosts behind no affinity at all: one database, one Redis, one key; each has a data folder of its own."""

from __future__ import annotations

import secrets
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
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
            # Longer than the balancer below takes from one look to the next.
            "MOTCUA_DRAIN_SECONDS": "4",
            # The machine may have other work, and a host that starts takes all it can get.
            "MOTCUA_TURN_TIMEOUT": "25",
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


@dataclass
class Books:
    """What was asked and what came back, behind a plain balancer: it asks ``/readyz`` twice a second, prefers hosts
    that are ready, and passes a turn on where nobody listens. What breaks under a turn is in the books as wrong."""

    hosts: list[RunningSystem]
    ready: frozenset[int] = frozenset()
    asked: int = 0
    answered: int = 0
    wrong: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def _turn(self, conversation: str, text: str, number: int) -> httpx.Response:
        ready = self.ready
        order = sorted(range(len(self.hosts)), key=lambda at: (at not in ready, (at + number) % len(self.hosts)))
        for host in (self.hosts[at] for at in order):
            try:
                return host.post(channel="kiosk", conversation=conversation, text=text)
            except httpx.ConnectError:
                # Nothing was sent yet: what every balancer passes on to the next host.
                continue
        raise AssertionError("nobody listens")

    def look(self) -> None:
        """Which hosts are ready, as a balancer sees them."""
        while not self.over.wait(0.5):
            self.ready = frozenset(at for at, host in enumerate(self.hosts) if host.is_ready())

    def citizen(self) -> None:
        """Asks, and asks on; what the second answer is about shows whether the conversation went on."""
        while not self.over.is_set():
            conversation = secrets.token_hex(8)
            for number, (text, begins) in enumerate(
                (("làm giấy khai sinh cần gì", "Làm giấy khai sinh"), ("lệ phí", "Làm giấy khai sinh. Lệ phí"))
            ):
                with self._lock:
                    self.asked += 1
                try:
                    response = self._turn(conversation, text, number)
                    told = response.json()["replies"][-1]["text"] if response.status_code == 200 else response.text
                except Exception as error:  # the books hold whatever went wrong
                    told = repr(error)
                with self._lock:
                    self.answered += told.startswith(begins)
                    if not told.startswith(begins):
                        self.wrong.append(f"{text}: {told[:80]}")


def test_hosts_are_restarted_one_after_the_other_and_no_turn_is_lost(hosts: list[RunningSystem]) -> None:
    books = Books(hosts, ready=frozenset(range(len(hosts))))
    citizens = [threading.Thread(target=work) for work in (books.look, *[books.citizen] * 4)]
    for citizen in citizens:
        citizen.start()
    try:
        for host in hosts:
            before = books.answered
            assert host.process is not None
            host.process.send_signal(signal.SIGTERM)
            host.process.wait(60)
            assert books.answered > before, "the other host answers meanwhile"
            host.start()
            deadline = time.monotonic() + 60
            while hosts.index(host) not in books.ready:
                assert time.monotonic() < deadline
                time.sleep(0.1)
    finally:
        books.over.set()
        for citizen in citizens:
            citizen.join()
    assert books.wrong == []
    assert books.asked == books.answered > 20


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
    while first.is_ready():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    # What it had begun still answers for a moment and holds the port: the new start waits for it.
    first.start()
    assert first.say("nộp ở đâu", conversation=conversation).text
