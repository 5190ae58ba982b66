"""The pictures of the operations centre, in the light and the dark; needs an officer of the running system."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, expect

PAGES: Final = {
    "home": "",
    "inbox": "/tickets",
    "figures": "/figures",
    "account": "/account",
    "warnings": "/warnings",
    "talks": "/talks",
}
MAP: Final = ".map-frame"
Scheme = Literal["light", "dark"]


def centre(browser: Browser, url: str, officer: str, password: str, folder: Path) -> list[Path]:
    """Take them; the paths written.

    Args:
        browser: to look with.
        url: of the system.
        officer: who may do everything.
        password: theirs.
        folder: for the pictures.
    """
    written = []
    looks: tuple[tuple[Scheme, int, int], ...] = (("light", 1280, 800), ("dark", 390, 780))
    for scheme, width, height in looks:
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        page.goto(f"{url}/centre")
        page.locator("#name").fill(officer)
        page.locator("#password").fill(password)
        page.locator("main button").click()
        expect(page.locator("nav").first).to_be_visible()
        for name, path in PAGES.items():
            page.goto(f"{url}/centre{path}")
            if name == "figures":
                expect(page.locator(".chart canvas")).to_be_visible()
            written.append(folder / f"centre-{name}-{scheme}.png")
            page.screenshot(path=written[-1])
            if name == "figures" and page.locator(MAP).count():
                # There is one as soon as a kiosk's commune is known, or a report's.
                written.append(folder / f"centre-map-{scheme}.png")
                page.locator(MAP).first.screenshot(path=written[-1])
        ticket = page.locator("tbody a").first
        page.goto(f"{url}/centre/tickets")
        if ticket.count():
            ticket.click()
            expect(page.locator("#talk")).to_be_visible()
            written.append(folder / f"centre-ticket-{scheme}.png")
            page.screenshot(path=written[-1])
        page.goto(f"{url}/phan-anh")
        written.append(folder / f"centre-report-{scheme}.png")
        page.screenshot(path=written[-1])
        page.close()
    return written
