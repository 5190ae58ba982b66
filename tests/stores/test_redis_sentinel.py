"""Redis behind Sentinels: the leader is killed, and the same client goes on with the new one."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from free_ports import free_port
from redis import Redis, RedisError

from runtime.settings import Settings
from stores.redis_addresses import Sentinels, WrongAddress, read_sentinels
from stores.redis_clients import connect, connect_async
from stores.redis_server import server_binary

GROUP = "motcua"


@pytest.mark.parametrize(
    ("url", "read"),
    [
        (
            "redis+sentinel://a,b:26380,c/motcua",
            Sentinels((("a", 26379), ("b", 26380), ("c", 26379)), GROUP, None, None),
        ),
        ("redis+sentinel://:p%40ss@a/motcua", Sentinels((("a", 26379),), GROUP, None, "p@ss")),
        ("redis+sentinel://u:p@10.0.0.1:1/motcua", Sentinels((("10.0.0.1", 1),), GROUP, "u", "p")),
    ],
)
def test_addresses_of_sentinels_are_read(url: str, read: Sentinels) -> None:
    assert read_sentinels(url) == read


@pytest.mark.parametrize("url", ["redis+sentinel://a,b", "redis+sentinel:///motcua", "redis+sentinel://a:x/motcua"])
def test_a_wrong_address_is_told(url: str) -> None:
    with pytest.raises(WrongAddress):
        read_sentinels(url)


class Group:
    """A leader, a follower and three Sentinels on ports of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        self.leader_port, self.follower_port = free_port(), free_port()
        self.sentinel_ports = [free_port() for _ in range(3)]

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.sentinel_ports)
        return f"redis+sentinel://{hosts}/{GROUP}"

    def start(self) -> None:
        self._server("leader", self.leader_port)
        self._server("follower", self.follower_port, f"replicaof 127.0.0.1 {self.leader_port}")
        with Redis(port=self.follower_port) as follower:
            until(lambda: follower.info("replication").get("master_link_status") == "up")
        for number, port in enumerate(self.sentinel_ports):
            self._start(
                f"sentinel-{number}",
                port,
                f"sentinel monitor {GROUP} 127.0.0.1 {self.leader_port} 2",
                f"sentinel down-after-milliseconds {GROUP} 500",
                f"sentinel failover-timeout {GROUP} 3000",
                more=["--sentinel"],
            )
        with Redis(port=self.sentinel_ports[0]) as sentinel:
            until(lambda: len(sentinel.sentinel_sentinels(GROUP)) == 2 and sentinel.sentinel_slaves(GROUP))

    def kill_leader(self) -> None:
        self._running[0].send_signal(signal.SIGKILL)

    def stop(self) -> None:
        for process in self._running:
            process.kill()
            process.wait()

    def _server(self, name: str, port: int, *lines: str) -> None:
        self._start(name, port, "appendonly yes", 'save ""', "repl-diskless-sync-delay 0", *lines)

    def _start(self, name: str, port: int, *lines: str, more: list[str] | None = None) -> None:
        folder = self._folder / name
        folder.mkdir()
        config = folder / "redis.conf"
        config.write_text("\n".join((f"port {port}", "bind 127.0.0.1", f"dir {folder}", *lines)) + "\n")
        command = [str(server_binary()), str(config), *(more or [])]
        self._running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        with Redis(port=port, socket_timeout=2) as client:
            until(lambda: answers(client))


def answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


def until(condition: object, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    made = Group(tmp_path)
    with ExitStack() as stack:
        stack.callback(made.stop)
        made.start()
        yield made


def test_the_same_client_goes_on_with_the_new_leader(group: Group, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, redis_url=group.url)
    with connect(settings, hurried=True) as client:
        client.set("kept", "before")
        assert client.wait(1, 2000) == 1
        group.kill_leader()

        def goes_on() -> bool:
            try:
                return bool(client.set("kept_after", "after"))
            except RedisError:
                return False

        until(goes_on)
        assert client.get("kept") == "before"
        assert client.info("server")["tcp_port"] == group.follower_port

    async def once() -> str | None:
        async with connect_async(settings) as other:
            found: str | None = await other.get("kept_after")
            return found

    assert asyncio.run(once()) == "after"
