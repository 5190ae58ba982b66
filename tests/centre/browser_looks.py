"""Whether a page can be used by everybody: with axe, at every size, by day and by night."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

CHROMIUM = Path("/usr/bin/chromium")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SIZES: dict[tuple[int, int], Literal["light", "dark"]] = {
    (1280, 800): "light",
    (390, 780): "light",
    (3840, 2160): "dark",
}
"""A desk by day, a telephone, and a wall in a dark room."""


def assert_usable(page: Page) -> None:
    """Pass what axe finds nothing at, and what fits the screen."""
    for (width, height), scheme in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
