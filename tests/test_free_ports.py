"""Ports that tests hand out: nobody else's, and out of reach of outgoing connections."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from free_ports import SLOT, FreePorts, NoFreePort, free_port, free_ports

EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


@pytest.mark.skipif(not EPHEMERAL.exists(), reason="the kernel tells its ephemeral range only on Linux")
def test_no_outgoing_connection_can_be_given_one() -> None:
    lowest = int(EPHEMERAL.read_text().split()[0])
    assert all(free_ports(4) + 3 < lowest for _ in range(10))


def test_one_in_use_is_passed_over() -> None:
    ports = FreePorts()
    first = ports.take()
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", first + 2))
        assert ports.take(2) == first + 4


def test_another_process_is_given_others() -> None:
    program = "from free_ports import free_port; print([free_port() for _ in range(200)])"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(__file__).parent, capture_output=True, text=True, check=True
    )
    ours = {free_port() for _ in range(20)}
    assert not ours & set(map(int, done.stdout.strip("[]\n").split(",")))


def test_more_than_a_slot_holds_is_refused() -> None:
    with pytest.raises(NoFreePort):
        free_ports(SLOT + 1)
