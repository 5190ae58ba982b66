"""Pictures of the kiosk's screens, upright and wide."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

UPRIGHT, WIDE = (1080, 1920), (1280, 800)
SMALLER = 0.6
"""Of the screen's pixels: enough to read, and a file stays below 100 kB."""
COLOURS = 96
ANSWER_MILLISECONDS = 30_000


def press(page: Page, name: str) -> None:
    """Touch a button."""
    page.get_by_role("button", name=name, exact=True).click()


def _situation(page: Page) -> None:
    press(page, "Sinh con")


def _answer(page: Page) -> None:
    _situation(page)
    page.locator(".line").first.click()
    expect(page.locator(".card")).to_be_visible(timeout=ANSWER_MILLISECONDS)


def _search(page: Page) -> None:
    press(page, "Gõ câu hỏi")
    page.get_by_role("textbox").fill("khai sinh")
    expect(page.locator(".suggestion")).not_to_have_count(0)


def _code(page: Page) -> None:
    press(page, "Xem hồ sơ đến đâu")
    page.keyboard.type("15.50.05-26")


def _report(page: Page) -> None:
    press(page, "Phản ánh")
    expect(page.locator(".talk")).to_be_visible(timeout=ANSWER_MILLISECONDS)


def _ticket(page: Page) -> None:
    _report(page)
    for words in ("đèn đường ngoài ngõ bị hỏng", "xóm Đông, gần nhà văn hóa"):
        press(page, "Gõ chữ")
        page.get_by_role("textbox").fill(words)
        press(page, "Gửi")
        expect(page.locator(".talk")).to_be_visible(timeout=ANSWER_MILLISECONDS)
    press(page, "Gửi đi")
    expect(page.locator(".ticket")).to_be_visible(timeout=ANSWER_MILLISECONDS)


def _idle(page: Page) -> None:
    """The page's own clock is put forward: nobody waits a minute for a picture."""
    _officer(page)
    silence = page.get_by_role("button", name="Ngừng đọc")
    if silence.is_visible():
        silence.click()
    page.clock.fast_forward(61_000)
    expect(page.get_by_role("dialog")).to_be_visible()


def _officer(page: Page) -> None:
    press(page, "Gặp cán bộ")


def _phone(page: Page) -> None:
    _officer(page)
    press(page, "Để lại số điện thoại")
    page.keyboard.type("0900000123")


def _settings(page: Page) -> None:
    press(page, "Cài đặt")


def _contrast(page: Page) -> None:
    _settings(page)
    press(page, "Rất rõ")
    page.locator('[data-choice="size-large"]').click()
    press(page, "Quay lại")


def _listening(page: Page) -> None:
    press(page, "Bấm để nói")
    page.wait_for_timeout(1500)


SCREENS: dict[str, Callable[[Page], None]] = {
    "home": lambda page: None,
    "situation": _situation,
    "answer": _answer,
    "search": _search,
    "listening": _listening,
    "code": _code,
    "report": _report,
    "ticket": _ticket,
    "officer": _officer,
    "phone": _phone,
    "settings": _settings,
    "contrast": _contrast,
    "idle": _idle,
}


def kiosk(browser: Browser, url: str, folder: Path) -> None:
    """Every screen in both shapes: ``kiosk-NAME-upright.png`` and ``kiosk-NAME-wide.png``."""
    for shape, (width, height) in {"upright": UPRIGHT, "wide": WIDE}.items():
        for name, reach in SCREENS.items():
            context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
            page = context.new_page()
            if reach is _idle:
                page.clock.install()
            page.goto(f"{url}/kiosk")
            page.wait_for_selector("html[data-ready]")
            if name == "listening" and not page.get_by_role("button", name="Bấm để nói").is_visible():
                context.close()
                continue
            reach(page)
            page.wait_for_timeout(400)
            picture = folder / f"kiosk-{name}-{shape}.png"
            page.screenshot(path=picture)
            context.close()
            _make_smaller(picture)


def _make_smaller(picture: Path) -> None:
    with Image.open(picture) as taken:
        size = (round(taken.width * SMALLER), round(taken.height * SMALLER))
        small = taken.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    small.quantize(COLOURS, dither=Image.Dither.NONE).save(picture, optimize=True)
