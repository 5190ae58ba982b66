"""Two hosts in network namespaces with a bad line between: slow, lossy, counted.

Each namespace has a TUN interface; this program carries the IP packets from one to the other, each way at so many bits
a second through a queue of its own, and drops some. The kernels' TCP on both sides is the real one. Unlike netem it
needs no kernel module, and what goes over the line is counted to the byte, headers included. No packet can leave: the
namespaces have no other interface.
"""

from __future__ import annotations

import fcntl
import os
import random
import select
import struct
import subprocess
import threading
import time
from collections import deque
from dataclasses import dataclass, field

from host_network import why_no_network

_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
_QUEUE = 20
"""Packets a modem holds before it drops."""


@dataclass
class Side:
    """One host."""

    namespace: str
    address: str
    descriptor: int = -1
    queue: deque[tuple[float, bytes]] = field(default_factory=deque)
    free_at: float = 0.0


class BadLine:
    """Opens with the context and takes everything away at its end.

    Args:
        bits: a second, each way.
        loss: share of packets dropped, each way.
    """

    def __init__(self, bits: float, loss: float, seed: int = 1) -> None:
        self.bits = bits
        self.loss = loss
        self._chance = random.Random(seed)
        mark = f"{os.getpid() % 100000:05}"
        self.centre = Side(f"mc{mark}c", "10.97.0.1")
        self.box = Side(f"mc{mark}k", "10.97.0.2")
        self.bytes = 0
        self.packets = 0
        self.dropped = 0
        self.up = True
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._carry, daemon=True)

    def __enter__(self) -> BadLine:
        for side, other in ((self.centre, self.box), (self.box, self.centre)):
            run("ip", "netns", "add", side.namespace)
            run("ip", "-n", side.namespace, "tuntap", "add", "dev", "line", "mode", "tun")
            run("ip", "-n", side.namespace, "addr", "add", f"{side.address}/32", "peer", other.address, "dev", "line")
            run("ip", "-n", side.namespace, "link", "set", "lo", "up")
            run("ip", "-n", side.namespace, "link", "set", "line", "up")
            side.descriptor = _opened(side.namespace)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(10)
        for side in (self.centre, self.box):
            if side.descriptor >= 0:
                os.close(side.descriptor)
            subprocess.run(["ip", "netns", "del", side.namespace], check=False, capture_output=True)

    def count_anew(self) -> None:
        self.bytes = self.packets = self.dropped = 0

    def _carry(self) -> None:
        ways = ((self.centre, self.box), (self.box, self.centre))
        while not self._stopping.is_set():
            readable, _, _ = select.select([side.descriptor for side in (self.centre, self.box)], [], [], 0.01)
            now = time.monotonic()
            for source, target in ways:
                if source.descriptor in readable:
                    self._take(source, target, now)
                while target.queue and target.queue[0][0] <= now:
                    os.write(target.descriptor, target.queue.popleft()[1])

    def _take(self, source: Side, target: Side, now: float) -> None:
        packet = os.read(source.descriptor, 2048)
        if packet[0] >> 4 != 4:
            return
        self.packets += 1
        self.bytes += len(packet)
        if not self.up or self._chance.random() < self.loss or len(target.queue) >= _QUEUE:
            self.dropped += 1
            return
        target.free_at = max(now, target.free_at) + len(packet) * 8 / self.bits
        target.queue.append((target.free_at, packet))


def can_be_made() -> str | None:
    """Why no such line can be made here; None when it can."""
    return why_no_network() if os.path.exists("/dev/net/tun") else "there is no /dev/net/tun"


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _opened(namespace: str) -> int:
    """A descriptor on the interface inside a namespace; the thread that opens it enters, the process stays."""
    result: list[int | OSError] = []

    def open_it() -> None:
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        with open(f"/run/netns/{namespace}") as inside:
            if libc.setns(inside.fileno(), 0x40000000):
                result.append(OSError(ctypes.get_errno(), "setns"))
                return
        descriptor = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH22x", b"line", _IFF_TUN | _IFF_NO_PI))
        result.append(descriptor)

    thread = threading.Thread(target=open_it)
    thread.start()
    thread.join()
    (opened,) = result
    if isinstance(opened, OSError):
        raise opened
    return opened
