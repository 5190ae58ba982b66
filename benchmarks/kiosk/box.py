"""``motcua kiosk`` in a data folder of its own, and a visitor at its page in a real browser."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Error, Page, Request

from benchmarks.processes import HOST, Process, ProcessFailed, check_port, descendants, memory, waits
from kiosk.centre_link.identity import Identity, keep_identity
from kiosk.protocol.keys import Keys
from runtime.settings import Settings

START_SECONDS = 240.0
NOBODY = 9
"""A port at which nothing answers."""
READY = "html[data-ready]"
TILES = "button.tile"
PORTRAIT = {"width": 1080, "height": 1920}
RESTLESS_MILLISECONDS = 15_000
"""After a page was opened: tables are still read, and its first words said."""
REST_MILLISECONDS = 60_000
"""Two of the page's own looks at what works today fall into it."""


class Box:
    """A kiosk.

    Args:
        port: of the page; the core takes the next one.
        folder: an empty folder for data and log.
        engine: the recogniser's name; ``none`` for a box without one.
        more: settings beyond the usual ones, without their prefix.
    """

    def __init__(self, port: int, folder: Path, engine: str, more: Mapping[str, str] | None = None) -> None:
        for wanted in (port, port + 1):
            check_port(wanted)
        self.url = f"http://{HOST}:{port}"
        settings = {
            "SECRET_KEY": secrets.token_hex(16),
            "SPEECH_ENGINE": engine,
            "LOG_LEVEL": "WARNING",
            **(more or {}),
        }
        self._process = Process(
            [sys.executable, "-m", "cli.main", "kiosk", "--port", str(port), "--data", str(folder / "data")],
            {f"MOTCUA_{name}": value for name, value in settings.items()},
            folder / "box.log",
        )

    def is_ready(self) -> bool:
        """Whether every part is there.

        Raises:
            ProcessFailed: when the box has given up.
        """
        self._process.check()
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def wait_until_ready(self) -> None:
        """Wait for every part.

        Raises:
            ProcessFailed: when one is not there in time.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if time.monotonic() > deadline:
                raise ProcessFailed("the box is not ready")
            time.sleep(0.2)

    def memory(self) -> tuple[float, float]:
        """PSS and added up RSS in MB of all processes of the box; the browser's are not among them."""
        return memory(descendants(self._process.pid))

    def waits(self) -> int:
        """How often processes of the box have woken since they began: each time one waits, something wakes it."""
        return waits(descendants(self._process.pid))

    def stop(self) -> None:
        """Stop all."""
        self._process.stop()


def enrol_far_away(folder: Path) -> None:
    """Make a box of this folder one of a centre it has no line to: the process that keeps it in step runs, too."""
    settings = Settings(data_dir=folder / "data")
    centre = Keys.kept(folder / "centre.keys")
    keep_identity(settings, Identity(secrets.token_hex(8), "máy đo", f"http://{HOST}:{NOBODY}", centre.public))


def opened(browser: Browser, box: Box) -> Page:
    """The page as a visitor finds it, in a browser that knows nothing of it yet."""
    page = browser.new_context(viewport=PORTRAIT).new_page()  # type: ignore[arg-type]
    page.goto(f"{box.url}/kiosk")
    page.wait_for_selector(READY)
    return page


def wait_for_page(browser: Browser, box: Box) -> None:
    """Open the page again and again until a tile leads somewhere, as the browser of a box does after power-on.

    Raises:
        ProcessFailed: when it never does.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if box.is_ready():
            try:
                page = opened(browser, box)
                answer(page)
                page.context.close()
                return
            except Error:
                continue
        time.sleep(0.1)
    raise ProcessFailed("the page never came")


def answer(page: Page) -> None:
    """From the first tile to the answer about its first procedure."""
    page.locator(TILES).first.click()
    page.locator(".line").first.click()
    page.locator(".card").first.wait_for(timeout=15_000)


def interactive(browser: Browser, box: Box) -> float:
    """Seconds from opening the page, nothing cached, until it can be touched."""
    page = browser.new_context(viewport=PORTRAIT).new_page()  # type: ignore[arg-type]
    began = time.monotonic()
    page.goto(f"{box.url}/kiosk", wait_until="commit")
    page.wait_for_selector(READY)
    seconds = time.monotonic() - began
    page.context.close()
    return seconds


def weight(browser: Browser, box: Box) -> tuple[int, float]:
    """Requests and kilobytes, headers included, of a first visit whose browser knows nothing yet; without sound."""
    page = browser.new_context(viewport=PORTRAIT).new_page()  # type: ignore[arg-type]
    loaded: list[float] = []

    def note(request: Request) -> None:
        sizes = request.sizes()
        if not request.url.endswith("/speech") and not request.url.startswith("blob:"):
            loaded.append((sizes["responseBodySize"] + sizes["responseHeadersSize"]) / 1000)

    page.on("requestfinished", note)
    page.goto(f"{box.url}/kiosk")
    page.wait_for_selector(READY)
    page.wait_for_load_state("networkidle")
    page.context.close()
    return len(loaded), sum(loaded)


def wake_ups(browser: Browser, box: Box) -> float:
    """How often a second the box wakes while its page is shown and nobody is there; its browser is not counted."""
    page = opened(browser, box)
    page.wait_for_timeout(RESTLESS_MILLISECONDS)
    before, began = box.waits(), time.monotonic()
    page.wait_for_timeout(REST_MILLISECONDS)
    seconds = time.monotonic() - began
    woken = box.waits() - before
    page.context.close()
    return woken / seconds
