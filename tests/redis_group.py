"""Redis with a follower and three Sentinels, from the embedded server's binary."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

from free_ports import free_port
from redis import Redis, RedisError

from stores.redis_server import server_binary

GROUP = "motcua"


class Group:
    """A leader, a follower and three Sentinels on ports of their own.

    Args:
        folder: for what they write.
        address: all listen on.
    """

    def __init__(self, folder: Path, address: str = "127.0.0.1") -> None:
        self._folder = folder
        self._address = address
        self._running: list[subprocess.Popen[bytes]] = []
        self.leader_port, self.follower_port = free_port(), free_port()
        self.sentinel_ports = [free_port() for _ in range(3)]

    @property
    def url(self) -> str:
        hosts = ",".join(f"{self._address}:{port}" for port in self.sentinel_ports)
        return f"redis+sentinel://{hosts}/{GROUP}"

    def start(self) -> None:
        self._server("leader", self.leader_port)
        self._server("follower", self.follower_port, f"replicaof {self._address} {self.leader_port}")
        with Redis(host=self._address, port=self.follower_port) as follower:
            until(lambda: follower.info("replication").get("master_link_status") == "up")
        for number, port in enumerate(self.sentinel_ports):
            self._start(
                f"sentinel-{number}",
                port,
                f"sentinel monitor {GROUP} {self._address} {self.leader_port} 2",
                f"sentinel down-after-milliseconds {GROUP} 500",
                f"sentinel failover-timeout {GROUP} 3000",
                more=["--sentinel"],
            )
        with Redis(host=self._address, port=self.sentinel_ports[0]) as sentinel:
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
        usual = (f"port {port}", f"bind {self._address}", "protected-mode no", f"dir {folder}")
        config.write_text("\n".join((*usual, *lines)) + "\n")
        command = [str(server_binary()), str(config), *(more or [])]
        self._running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        with Redis(host=self._address, port=port, socket_timeout=2) as client:
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
