"""Strangers at the door: many idle, slow and flooding connections at once, and how long everybody else waits.

``python -m benchmarks.strangers``: the whole system, and the strangers on the same machine; first without any of them,
so that what they cost can be told from what the machine's other work costs. Exits with 1 when a webhook or a sign of
life took longer than :data:`REACH_SECONDS` in one case of a hundred.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import secrets
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from twilio.request_validator import RequestValidator

from benchmarks.machine import facts
from benchmarks.system import System

REACH_SECONDS = 1.0
SLOW_BYTES = 1_200
"""Sent ten times a second by each slow connection: 12 kB/s."""


@dataclass(frozen=True)
class Crowd:
    """How many strangers there are."""

    idle: int = 2_000
    slow: int = 200
    flooding: int = 50


async def idle(port: int) -> None:
    """Holds a connection and says nothing; comes again when it is closed."""
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await reader.read()
            writer.close()
        await asyncio.sleep(0.5)


async def slow(port: int) -> None:
    """Sends a large body slowly, again and again."""
    head = b"POST /api/v1/converse HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head + b"Content-Length: 250000\r\n\r\n")
            while True:
                writer.write(b"{" * SLOW_BYTES)
                await writer.drain()
                await asyncio.sleep(0.1)


async def flooding(port: int) -> None:
    """Sends forged webhooks as fast as they are refused."""
    body = b"MessageSid=SM1&From=%2B84900000123&Body=x"
    request = (
        b"POST /sms/twilio HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"X-Twilio-Signature: forged\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    while True:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            while True:
                writer.write(request)
                await _answer(reader)


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])


async def _asked(port: int, request: bytes) -> float:
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    status = await _answer(reader)
    writer.close()
    if status != 200:
        raise RuntimeError(f"answered with {status}")
    return time.perf_counter() - began


def _health() -> bytes:
    return b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def _webhook(port: int, token: str) -> bytes:
    form = {
        "MessageSid": "SM" + secrets.token_hex(16),
        "From": f"+849{secrets.randbelow(10**8):08d}",
        "To": "+84900000999",
        "Body": "lam giay khai sinh can gi",
        "NumMedia": "0",
    }
    signature = RequestValidator(token).compute_signature(f"http://localhost:{port}/sms/twilio", form)
    body = "&".join(f"{name}={value.replace('+', '%2B').replace(' ', '+')}" for name, value in form.items()).encode()
    head = (
        f"POST /sms/twilio HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n"
        f"X-Twilio-Signature: {signature}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def measure(port: int, token: str, crowd: Crowd, seconds: float) -> dict[str, list[float]]:
    """Seconds of each sign of life and each signed webhook, asked ten times a second amid the crowd."""
    kinds: list[tuple[Callable[[int], Awaitable[None]], int]] = [
        (idle, crowd.idle),
        (slow, crowd.slow),
        (flooding, crowd.flooding),
    ]
    strangers = [asyncio.ensure_future(kind(port)) for kind, count in kinds for _ in range(count)]
    found: dict[str, list[float]] = {"health": [], "webhook": []}

    async def note(name: str, request: bytes) -> None:
        found[name].append(await _asked(port, request))

    try:
        # Everybody is there before anything is measured.
        await asyncio.sleep(3)
        asked = []
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            asked.append(asyncio.ensure_future(note("health", _health())))
            asked.append(asyncio.ensure_future(note("webhook", _webhook(port, token))))
            await asyncio.sleep(0.1)
        await asyncio.gather(*asked)
    finally:
        for stranger in strangers:
            stranger.cancel()
        await asyncio.gather(*strangers, return_exceptions=True)
    return found


def share(seconds: list[float], part: float) -> float:
    """The time within which this part of all was answered."""
    return sorted(seconds)[min(int(len(seconds) * part), len(seconds) - 1)]


def main() -> None:
    """Measure, print, write ``benchmarks/results/strangers.json``."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=30.0)
    options.add_argument("--port", type=int, default=18080)
    given = options.parse_args()
    crowd, machine = Crowd(), facts()
    # Each stranger is a file of ours.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory(prefix="motcua-strangers-") as folder:
        system = System(given.port, Path(folder))
        try:
            system.wait_for_first_answer()
            alone = asyncio.run(measure(given.port, system.token, Crowd(0, 0, 0), given.seconds / 3))
            found = asyncio.run(measure(given.port, system.token, crowd, given.seconds))
        finally:
            system.stop()
    result = {
        "machine": machine,
        "load after": f"{os.getloadavg()[0]:.1f}",
        "crowd": vars(crowd),
        **{
            name: {
                "asked": len(times),
                "half_ms": round(share(times, 0.5) * 1000, 1),
                "p99_ms": round(share(times, 0.99) * 1000, 1),
                "longest_ms": round(max(times) * 1000, 1),
                "half_without_strangers_ms": round(share(alone[name], 0.5) * 1000, 1),
                "p99_without_strangers_ms": round(share(alone[name], 0.99) * 1000, 1),
                "p99_times": round(share(times, 0.99) / share(alone[name], 0.99), 1),
            }
            for name, times in found.items()
        },
    }
    print(json.dumps(result, indent=2))
    target = Path(__file__).parent / "results" / "strangers.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    if any(share(times, 0.99) >= REACH_SECONDS for times in found.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
