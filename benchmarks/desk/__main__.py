"""Whether officers' pages stay quick over many tickets: ``python -m benchmarks.desk``.

Fills a database in a folder of its own (or ``--database postgresql://…``, which must be empty), starts the real gateway
upon it, signs officers in, and asks for their pages at a steady rate, whether answers keep up or not. Beside it ten
viewers look at the live page; what that costs is measured alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from benchmarks.desk.filling import fill
from benchmarks.processes import HOST, ROOT, check_port, descendants
from centre.figures import Figures
from centre.officers import Officers
from runtime.clock import now
from stores.database import Database
from stores.redis_server import RedisServer
from stores.sealing import Seal
from tickets.store import TicketStore

PROMISED_RATE: Final = 50
PROMISED_P95: Final = 150.0
PROMISED_LIVE: Final = 5.0
"""Percent of a core, with ten viewers."""
VIEWERS: Final = 10
POLL: Final = 4.0
"""Seconds between two questions for news, as :mod:`centre.page.events` says it to browsers."""
COUNTED: Final = 60.0
"""Seconds between two looks of the worker at the table of days."""
PAGES: Final = {
    "home": "/centre",
    "inbox": "/centre/tickets",
    "inbox of a commune": "/centre/tickets?commune=00004",
    "overdue": "/centre/tickets?state=overdue",
    "done": "/centre/tickets?state=done",
    "far back": "/centre/tickets?state=done&page=1500",
    "live figures": "/centre/figures",
    "figures, 90 days": "/centre/figures?days=90",
    "news": "/centre/events",
    "catalogue": "/centre/catalogue",
    "campaigns": "/centre/campaigns",
    "report form": "/phan-anh",
}


@dataclass(frozen=True, slots=True)
class Filled:
    """A database that was filled, and what opens it."""

    secret: str
    password: str
    """Of the officers."""
    numbers: Sequence[str]
    """Of some tickets."""


async def main() -> int:
    """Measure, and tell; 1 where a promise was not kept."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=8990)
    options.add_argument("--database", help="address of an empty database; SQLite without")
    options.add_argument("--folder", type=Path, help="keeps what was filled, for a second run; else it is thrown away")
    options.add_argument("--tickets", type=int, default=100_000)
    options.add_argument("--messages", type=int, default=1_000_000)
    options.add_argument("--rate", type=int, default=PROMISED_RATE, help="pages a second")
    options.add_argument("--seconds", type=float, default=20.0)
    given = options.parse_args()
    check_port(given.port)
    with tempfile.TemporaryDirectory(prefix="motcua-desk-") as name:
        folder = given.folder or Path(name)
        folder.mkdir(exist_ok=True)
        url = given.database or f"sqlite:///{folder / 'motcua.db'}"
        kept = folder / "filled.json"
        if not kept.exists():
            secret = secrets.token_hex(16)
            filled = Filled(secret, secrets.token_urlsafe(16), ())
            numbers = _filled(url, filled, given.tickets, given.messages)
            kept.write_text(json.dumps([secret, filled.password, numbers]), encoding="utf-8")
        filled = Filled(*json.loads(kept.read_text(encoding="utf-8")))
        with RedisServer(folder / "redis") as redis, _counting(url, filled) as count:
            server = _gateway(given.port, folder, url, redis.url, filled.secret)
            counting = asyncio.create_task(_by_and_by(count))
            try:
                return await _measured(given, server.pid, filled)
            finally:
                counting.cancel()
                server.terminate()
                server.wait(20)


def _filled(url: str, made: Filled, tickets: int, messages: int) -> list[str]:
    database, seal = Database(url), Seal(made.secret.encode())
    database.migrate()
    try:
        numbers = fill(database, seal, now(), tickets, messages, "01", print)
        officers = Officers(database, seal, now)
        for name in ("an", "binh"):
            officers.set(name, made.password)
    finally:
        database.close()
    return numbers


@contextmanager
def _counting(url: str, filled: Filled) -> Iterator[Callable[[], int]]:
    """What the worker does with the table of days, done once before anybody looks."""
    database = Database(url)
    database.migrate()
    try:
        figures = Figures(database, TicketStore(database, Seal(filled.secret.encode()), now), now)
        began = time.monotonic()
        while (days := figures.keep_counted(60.0)) > 1:
            print(f"{days} days counted in {time.monotonic() - began:.0f} s")
        yield figures.keep_counted
    finally:
        database.close()


async def _by_and_by(count: Callable[[], int]) -> None:
    while True:
        await asyncio.sleep(COUNTED)
        await asyncio.to_thread(count)


def _gateway(port: int, folder: Path, url: str, redis: str, secret: str) -> subprocess.Popen[bytes]:
    settings = {
        "PORT": str(port),
        "DATA_DIR": str(folder),
        "DATABASE_URL": url,
        "REDIS_URL": redis,
        "SECRET_KEY": secret,
        "PROVINCE": "01",
        "LOG_LEVEL": "WARNING",
    }
    environment = {**os.environ, **{f"MOTCUA_{name}": value for name, value in settings.items()}}
    environment.pop("MOTCUA_SHARED", None)
    log = (folder / "gateway.log").open("wb")
    return subprocess.Popen(
        [sys.executable, "-m", "cli.web_process"], cwd=ROOT, env=environment, stderr=log, stdout=log
    )


async def _measured(given: argparse.Namespace, pid: int, filled: Filled) -> int:
    base = f"http://{HOST}:{given.port}"
    async with aiohttp.ClientSession(base, connector=aiohttp.TCPConnector(limit=0)) as browser:
        await _signed_in(browser, filled.password)
        pages = [*PAGES.items(), *(("ticket", f"/centre/tickets/{one}") for one in filled.numbers[: len(PAGES)])]
        for name, address in pages:
            # The first look at each reads templates and fills caches.
            began = time.monotonic()
            await _asked(browser, address)
            print(f"first look, {name}: {(time.monotonic() - began) * 1000:.0f} ms", flush=True)
        live = await _live(browser, pid)
        load_before = os.getloadavg()[0]
        times = await _steadily(browser, pages, given.rate, given.seconds)
    return _told(times, live, given, load_before)


async def _signed_in(browser: aiohttp.ClientSession, password: str) -> None:
    for _ in range(240):
        try:
            async with browser.get("/centre/sign-in") as answer:
                if answer.status == 200:
                    break
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.5)
    # The address of loopback has no secure cookies; the jar of aiohttp keeps none of an address.
    async with browser.post(
        "/centre/sign-in", data={"name": "an", "password": password}, allow_redirects=False
    ) as answer:
        found = re.findall(r"^([^=]+)=([^;]+)", "\n".join(answer.headers.getall("Set-Cookie", [])), re.MULTILINE)
        if answer.status != 303 or not found:
            raise SystemExit(f"the officer cannot sign in: {answer.status}")
    browser.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in found)


async def _asked(browser: aiohttp.ClientSession, address: str) -> None:
    async with browser.get(address, allow_redirects=False) as answer:
        await answer.read()
        if answer.status != 200:
            raise SystemExit(f"{address}: {answer.status}")


async def _live(browser: aiohttp.ClientSession, pid: int, seconds: float = 20.0) -> float:
    """Percent of a core the gateway takes while ten viewers have the figures open and hear the news."""

    async def viewer(place: int) -> None:
        await asyncio.sleep(place * POLL / VIEWERS)
        await _asked(browser, "/centre/figures")
        for _ in range(int(seconds / POLL)):
            await _asked(browser, "/centre/events")
            await asyncio.sleep(POLL)

    before, began = _processor_seconds(pid), time.monotonic()
    await asyncio.gather(*(viewer(place) for place in range(VIEWERS)))
    return 100 * (_processor_seconds(pid) - before) / (time.monotonic() - began)


def _processor_seconds(pid: int) -> float:
    ticks = 0
    for one in descendants(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


async def _steadily(
    browser: aiohttp.ClientSession, pages: Sequence[tuple[str, str]], rate: int, seconds: float
) -> dict[str, list[float]]:
    """Milliseconds of each page, from when it was to be asked for: an answer that is late delays nobody's question."""
    times: dict[str, list[float]] = defaultdict(list)

    async def one(name: str, address: str, due: float) -> None:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        await _asked(browser, address)
        times[name].append((time.monotonic() - due) * 1000)

    began = time.monotonic() + 0.5
    count = int(rate * seconds)
    await asyncio.gather(*(one(*pages[place % len(pages)], began + place / rate) for place in range(count)))
    return times


def _told(times: dict[str, list[float]], live: float, given: argparse.Namespace, load: float) -> int:
    every = sorted(time for each in times.values() for time in each)
    store = "PostgreSQL" if given.database else "SQLite"
    print(f"\n{given.tickets} tickets, {given.messages} messages, {store}; {given.rate} pages a second")
    print(f"load {load:.1f} before, {os.getloadavg()[0]:.1f} after\n")
    print("| page | half, ms | 95 %, ms |\n| --- | --- | --- |")
    for name, each in sorted(times.items()):
        print(f"| {name} | {statistics.median(each):.0f} | {_p95(sorted(each)):.0f} |")
    print(f"| all | {statistics.median(every):.0f} | {_p95(every):.0f} |")
    print(f"\nten viewers of the live page: {live:.1f} % of a core")
    kept = _p95(every) < PROMISED_P95 and live < PROMISED_LIVE
    print("kept" if kept else f"NOT kept: 95 % below {PROMISED_P95:.0f} ms, live page below {PROMISED_LIVE:.0f} %")
    return 0 if kept else 1


def _p95(ordered: Sequence[float]) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
