"""What a visitor does at the page, for the tests of it."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def ask(page: Page, words: str) -> None:
    press(page, "Gõ câu hỏi")
    page.get_by_role("textbox").fill(words)
    press(page, "Hỏi")


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.1)


def silent(page: Page) -> None:
    """A voice that reads keeps the box awake; stop it as a visitor would."""
    stop = page.get_by_role("button", name="Ngừng đọc")
    if stop.is_visible():
        stop.click()
