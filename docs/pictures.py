"""Take the pictures of the documentation from a running system: ``make pictures``.

Needs Chromium (``apt-get install chromium``) and a system started with ``make run``; its address is taken
from ``MOTCUA_URL``. The answers in the pictures are the system's own.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from assistant.settings import load

IMAGES = Path(__file__).with_name("images")
ANSWER_MILLISECONDS = 20_000


def main() -> None:
    """Write every picture into ``docs/images``."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--url", default=load().effective_url, help="address of the running system")
    options.add_argument("--chromium", default="/usr/bin/chromium", help="the browser's program")
    given = options.parse_args()
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        simulator(page, given.url, IMAGES / "try.png")
        browser.close()


def simulator(page: Page, url: str, picture: Path) -> None:
    """The simulator with a question answered and the next one half typed."""
    page.goto(f"{url}/try")
    expect(page.locator("#dossier-list")).to_be_visible(timeout=ANSWER_MILLISECONDS)
    page.get_by_role("button", name="làm giấy khai sinh cần gì").click()
    expect(page.locator(".received").first).to_be_visible(timeout=ANSWER_MILLISECONDS)
    page.get_by_label("Nội dung tin nhắn").fill("le phi bao nhieu")
    page.screenshot(path=picture)


if __name__ == "__main__":
    main()
