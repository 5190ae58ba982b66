"""Forty calls at once, each with sound both ways, and what is turned away."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import httpx
import pytest
from free_ports import free_port
from sipp_load import call_at_once, needs_sipp
from telephone_system import TelephoneSystem

from speech.audio import silence

pytestmark = pytest.mark.xdist_group("one-at-a-time")

OPTIONS = (
    "OPTIONS sip:1022@127.0.0.1:{port} SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK{mark};rport\r\n"
    "From: <sip:exchange@127.0.0.1>;tag=1\r\nTo: <sip:1022@127.0.0.1>\r\n"
    "Call-ID: {mark}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
)


def figure(system: TelephoneSystem, name: str) -> float:
    """A figure of the running system, over all its labels that name SIP."""
    lines = httpx.get(system.url + "/metrics", timeout=30, trust_env=False).text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name + "{") and '"sip"' in line)


def asked(system: TelephoneSystem, data: bytes, own: int) -> bytes:
    """What the system answers to one SIP datagram; empty when nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", own))
        sender.settimeout(2)
        sender.sendto(data, ("127.0.0.1", system.sip_port))
        try:
            return sender.recv(4096)
        except TimeoutError:
            return b""


@needs_sipp
def test_forty_calls_at_once(telephone: TelephoneSystem, tmp_path: Path) -> None:
    before = figure(telephone, "motcua_calls_ended_total")
    load = call_at_once(tmp_path / "load", telephone.sip_port, silence(1.0, 8000), calls=40, seconds=12)
    assert (load.successful, load.failed) == (40, 0), load.output
    assert load.most_at_once == 40
    deadline = time.monotonic() + 30
    while figure(telephone, "motcua_calls_ended_total") < before + 40 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert figure(telephone, "motcua_calls_ended_total") == before + 40
    assert figure(telephone, "motcua_calls_active") == 0


def test_an_exchange_that_asks_whether_we_live_is_answered(telephone: TelephoneSystem) -> None:
    own = free_port()
    message = OPTIONS.format(port=telephone.sip_port, own=own, mark="alive").encode()
    assert asked(telephone, message, own).startswith(b"SIP/2.0 200 ")


@pytest.mark.parametrize("data", [b"\x00", b"INVITE", b"INVITE sip:x SIP/2.0\r\n\r\n", b"\xff" * 1400])
def test_datagrams_that_are_no_sip_change_nothing(telephone: TelephoneSystem, data: bytes) -> None:
    own = free_port()
    asked(telephone, data, own)
    message = OPTIONS.format(port=telephone.sip_port, own=own, mark=data.hex()[:20]).encode()
    assert asked(telephone, message, own).startswith(b"SIP/2.0 200 ")
