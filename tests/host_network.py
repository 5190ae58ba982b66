"""Hosts in network namespaces on one switch, each by a cable that can be pulled: packets vanish, and nobody is told."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from typing import Final

OURS: Final = "ours"
"""Our own end of a cable to the switch, where we have one."""


def why_no_network() -> str | None:
    """Why no network of namespaces can be made here; None when it can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    name = f"mt{os.getpid()}"
    try:
        made = subprocess.run(["ip", "netns", "add", name], check=False, capture_output=True)
    except FileNotFoundError:
        return "iproute2 is not installed"
    subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
    return None if made.returncode == 0 else "this container may not make network namespaces"


class Network:
    """A switch in a namespace of its own, and a namespace with a cable for each host.

    Args:
        addresses: of the hosts by name, in one network of 256.
        here: our own there; None where we have no cable.
    """

    def __init__(self, addresses: Mapping[str, str], here: str | None = None) -> None:
        self.addresses = dict(addresses)
        self._here = here
        self._mark = f"mt{os.getpid() % 1_000_000}"
        self._switch = f"{self._mark}switch"

    def namespace(self, host: str) -> str:
        """Where a host is."""
        return self._mark + host

    def __enter__(self) -> Network:
        try:
            self._make()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _make(self) -> None:
        _ip("netns", "add", self._switch)
        self._on_switch("link", "add", "name", "switch", "type", "bridge")
        self._on_switch("link", "set", "dev", "switch", "up")
        for host, address in self.addresses.items():
            inside = self.namespace(host)
            _ip("netns", "add", inside)
            self._on_switch("link", "add", "name", host, "type", "veth", "peer", "name", "eth0", "netns", inside)
            self._plug(host)
            _ip("-n", inside, "link", "set", "lo", "up")
            _ip("-n", inside, "addr", "add", f"{address}/24", "dev", "eth0")
            _ip("-n", inside, "link", "set", "eth0", "up")
        if self._here is not None:
            _ip("link", "add", "name", self._mark, "type", "veth", "peer", "name", OURS, "netns", self._switch)
            self._plug(OURS)
            _ip("addr", "add", f"{self._here}/24", "dev", self._mark)
            _ip("link", "set", "dev", self._mark, "up")

    def __exit__(self, *_: object) -> None:
        for namespace in (*map(self.namespace, self.addresses), self._switch):
            subprocess.run(["ip", "netns", "del", namespace], check=False, capture_output=True)
        # The other end may be gone with its namespace, or later.
        subprocess.run(["ip", "link", "del", self._mark], check=False, capture_output=True)

    def cut(self, host: str) -> None:
        """Pull the cable at the switch: the host's own end stays up, and what is sent vanishes."""
        self._on_switch("link", "set", "dev", host, "down")

    def mend(self, host: str) -> None:
        """Plug it in again."""
        self._on_switch("link", "set", "dev", host, "up")

    def _plug(self, end: str) -> None:
        self._on_switch("link", "set", "dev", end, "master", "switch")
        self._on_switch("link", "set", "dev", end, "up")

    def _on_switch(self, *words: str) -> None:
        _ip("-n", self._switch, *words)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
