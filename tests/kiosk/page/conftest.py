from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from running_kiosk import RunningKiosk

CHROMIUM = Path("/usr/bin/chromium")
PORTRAIT = (1080, 1920)
LANDSCAPE = (1280, 800)
FLAGS = ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--mute-audio"]
UNTOUCHED = "--autoplay-policy=no-user-gesture-required"

OpenPage = Callable[..., Page]

# A busy machine is no defect of what is tested.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def kiosk(trained: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKiosk]:
    """A running kiosk. Mark its users ``xdist_group("one-at-a-time")``, so that one worker starts it."""
    folder = tmp_path_factory.mktemp("kiosk")
    # A box with a place for bundles takes them up while it runs.
    (folder / "data" / "kiosk" / "bundles").mkdir(parents=True)
    engine = "viet-asr" if find_spec("vietasr") else "auto"
    running = RunningKiosk(data=folder / "data", log=folder / "log", engine=engine)
    running.start()
    try:
        yield running
    finally:
        running.stop()
        running.printer.close()


# For a module, not for the session: while one is open, no other event loop can run in this process.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*FLAGS, UNTOUCHED])
    yield running
    running.close()


@pytest.fixture
def open_page(browser: Browser, kiosk: RunningKiosk) -> Iterator[OpenPage]:
    """Opens the page in a new window; at the end nothing has failed in it and nobody else was asked for anything."""
    troubles: list[str] = []
    opened = []

    def open_one(size: tuple[int, int] = LANDSCAPE, within: Browser | None = None) -> Page:
        context = (within or browser).new_context(
            viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", accept_downloads=True
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda asked: _note_foreign(asked.url, kiosk.url, troubles))
        page.goto(f"{kiosk.url}/kiosk")
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_one
    for context in opened:
        context.close()
    assert troubles == []


def _note_foreign(url: str, own: str, troubles: list[str]) -> None:
    if not url.startswith((own, f"blob:{own}", "data:")):
        troubles.append(url)
