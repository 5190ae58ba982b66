"""Take the pictures of the documentation from a running system: ``make pictures``.

Needs Chromium (``apt-get install chromium``) and a system started with ``make run``; its address is taken
from ``MOTCUA_URL``. The answers in the pictures are the system's own.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from centre_pictures import centre
from kiosk_pictures import kiosk
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from runtime.settings import load

IMAGES = Path(__file__).with_name("images")
ANSWER_MILLISECONDS = 20_000
COLOURS = 192
"""Enough for the pages' gradients; a third of the file that all colours make."""


def main() -> None:
    """Write every picture into ``docs/images``."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--url", default=load().effective_url, help="address of the running system")
    options.add_argument("--chromium", default="/usr/bin/chromium", help="the browser's program")
    options.add_argument("--officer", help="name of an officer, for the pictures of the operations centre")
    options.add_argument("--password", help="theirs")
    options.add_argument("--only-centre", action="store_true", help="leave the others as they are")
    given = options.parse_args()
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        microphone = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--mute-audio"]
        browser = playwright.chromium.launch(executable_path=given.chromium, args=["--no-sandbox", *microphone])
        if given.officer:
            for picture in centre(browser, given.url, given.officer, given.password or "", IMAGES):
                _take_fewer_colours(picture)
        if not given.only_centre:
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            simulator(page, given.url, IMAGES / "try.png")
            kiosk(browser, given.url, IMAGES)
            call(page, given.url, IMAGES / "try-call.png")
        browser.close()


def simulator(page: Page, url: str, picture: Path) -> None:
    """The simulator with a question answered and the next one half typed."""
    page.goto(f"{url}/try")
    expect(page.locator("#dossier-list")).to_be_visible(timeout=ANSWER_MILLISECONDS)
    page.get_by_role("button", name="làm giấy khai sinh cần gì").click()
    expect(page.locator(".received").first).to_be_visible(timeout=ANSWER_MILLISECONDS)
    page.get_by_label("Nội dung tin nhắn").fill("le phi bao nhieu")
    page.screenshot(path=picture)
    _take_fewer_colours(picture)


def call(page: Page, url: str, picture: Path) -> None:
    """The simulator calling: a dossier is asked for with keys."""
    page.goto(f"{url}/try")
    expect(page.locator("#dossier-list")).to_be_visible(timeout=ANSWER_MILLISECONDS)
    page.get_by_role("button", name="Gọi", exact=True).click()
    said = page.locator("#call-lines .received")
    expect(said).to_have_count(1, timeout=ANSWER_MILLISECONDS)
    page.get_by_role("button", name="Phím 2", exact=True).click()
    expect(said).to_have_count(2, timeout=ANSWER_MILLISECONDS)
    page.locator(".dossier .when-calling").first.click()
    expect(said).to_have_count(3, timeout=ANSWER_MILLISECONDS)
    page.screenshot(path=picture)
    _take_fewer_colours(picture)
    page.get_by_role("button", name="Cúp máy").click()


def _take_fewer_colours(picture: Path) -> None:
    with Image.open(picture) as taken:
        fewer = taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    fewer.save(picture, optimize=True)


if __name__ == "__main__":
    main()
