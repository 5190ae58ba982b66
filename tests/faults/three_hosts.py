"""Three application hosts behind a plain balancer: one database, one Redis, one key; a data folder each.

Where network namespaces can be made each host has one of its own, and reaches the common servers by a cable that can
be pulled: packets vanish, and nobody is told. Elsewhere all of them are on loopback.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from free_ports import free_port
from host_network import Network, why_no_network
from postgres_pair import Pair, postgres_pair
from postgres_server import postgres_at
from provider_process import ACCOUNT, ProviderProcess
from redis import Redis, RedisError
from redis_group import Group
from running_system import TOKEN, RunningSystem
from town_books import wait_for

from stores.redis_server import server_binary

NAMES: Final = ("a", "b", "c")
LOOK_SECONDS: Final = 0.5
"""How often a balancer asks each host whether it is ready."""


@dataclass
class Balancer:
    """Asks each host for ``/readyz`` twice a second, and prefers those that are ready; no affinity."""

    hosts: Sequence[RunningSystem]
    ready: frozenset[int] = frozenset()
    _over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Balancer:
        self.ready = frozenset(range(len(self.hosts)))
        # One for each host: one that does not answer must not keep anybody from looking at the others.
        self._threads = [threading.Thread(target=self._look, args=(at,)) for at in range(len(self.hosts))]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def order(self, number: int) -> list[RunningSystem]:
        """Whom to ask, the first first; another one first each time."""
        ready, count = self.ready, len(self.hosts)
        return [self.hosts[at] for at in sorted(range(count), key=lambda at: (at not in ready, (at + number) % count))]

    def _look(self, at: int) -> None:
        while not self._over.wait(LOOK_SECONDS):
            is_ready = self.hosts[at].is_ready(timeout=2.0)
            with self._lock:
                self.ready = self.ready | {at} if is_ready else self.ready - {at}


@dataclass
class Province:
    """What runs."""

    hosts: list[RunningSystem]
    provider: ProviderProcess
    network: Network | None
    pair: Pair | None = None
    """The database with its standby, where there is one."""
    group: Group | None = None
    """Redis with its Sentinels, where there are some."""


@contextlib.contextmanager
def province(folder: Path, *, doubled: bool = False) -> Iterator[Province]:
    """Three hosts, started one after the other, and what they share.

    Args:
        folder: for data, logs and journals.
        doubled: whether the database has a standby, and Redis a follower and Sentinels.
    """
    with ExitStack() as stack:
        network, here = None, "127.0.0.1"
        if why_no_network() is None:
            # Several runs on one machine keep out of each other's way.
            net = f"10.98.{os.getpid() % 200 + 20}"
            here = f"{net}.1"
            network = Network({name: f"{net}.{11 + at}" for at, name in enumerate(NAMES)}, here)
            stack.enter_context(network)
        provider = ProviderProcess(folder / "journal", TOKEN, host=here)
        provider.start()
        stack.callback(provider.kill)
        hosts = [
            RunningSystem(
                data=folder / name,
                log=folder / f"{name}.log",
                address=network.addresses[name] if network is not None else here,
                namespace=network.namespace(name) if network is not None else "",
            )
            for name in NAMES
        ]
        pair, group = None, None
        if doubled:
            pair = stack.enter_context(postgres_pair(here, f"{here}/24"))
            pair.loses_nothing()
            (folder / "redis").mkdir()
            group = Group(folder / "redis", here)
            stack.callback(group.stop)
            group.start()
        shared = {
            "MOTCUA_DATABASE_URL": pair.url if pair else stack.enter_context(postgres_at(here, f"{here}/24")),
            "MOTCUA_REDIS_URL": group.url if group else stack.enter_context(_redis(folder / "redis", here)),
            "MOTCUA_SECRET_KEY": "a secret of the tests that the hosts share",
            "MOTCUA_API_KEY": "a key of the tests",
            "MOTCUA_SPEECH_ENGINE": "none",
            # Longer than the balancer takes from one look to the next.
            "MOTCUA_DRAIN_SECONDS": "4",
            # The machine may have other work, and a host that starts takes all it can get.
            "MOTCUA_TURN_TIMEOUT": "25",
            "MOTCUA_LOG_LEVEL": "WARNING",
            "MOTCUA_SMS_LIMIT_SHORT": "0",
            "MOTCUA_SMS_LIMIT_DAY": "0",
            "MOTCUA_SMS_TROUBLE_SECONDS": "900",
            "MOTCUA_SMS_REPLY_IN_WEBHOOK_SECONDS": "0",
            "MOTCUA_TWILIO_ACCOUNT_SID": ACCOUNT,
            "MOTCUA_TWILIO_API_URL": provider.url,
            "MOTCUA_TWILIO_PER_SECOND": "10000",
            # Where the provider tells of deliveries; the name it signs, whichever host it reaches.
            "MOTCUA_PUBLIC_URL": hosts[0].url,
        }
        for host in hosts:
            host.settings = shared
            stack.callback(host.stop)
            host.start()
        yield Province(hosts, provider, network, pair, group)


@contextlib.contextmanager
def _redis(folder: Path, address: str) -> Iterator[str]:
    """A server that keeps what it has, reached by TCP; its address."""
    folder.mkdir(parents=True)
    port = free_port()
    options = {
        "bind": address,
        "port": str(port),
        "protected-mode": "no",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "logfile": str(folder / "log"),
    }
    command = [str(server_binary()), *(word for name, value in options.items() for word in (f"--{name}", value))]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with Redis(host=address, port=port, socket_timeout=2) as client:

            def answers() -> bool:
                try:
                    return bool(client.ping())
                except RedisError:
                    return False

            wait_for(answers, 30, often=0.05)
        yield f"redis://{address}:{port}/0"
    finally:
        process.terminate()
        process.wait()


def seconds_of_cut(usual: float = 6.0) -> float:
    """How long a host is cut off: ``MOTCUA_TEST_CUT_SECONDS``, short where nobody says."""
    return float(os.environ.get("MOTCUA_TEST_CUT_SECONDS", usual))
