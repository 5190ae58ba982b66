"""What is done at a box before its memory is read: visits as they happen, some of them spoken."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, TimeoutError

from benchmarks.calls.material import utterances
from benchmarks.kiosk.box import TILES, Box, answer, opened
from speech.audio import TELEPHONE_RATE, Recording, resampled, silence, write_wav

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
)
QUESTIONS = (
    "làm giấy khai sinh cần gì",
    "đăng ký kết hôn mất bao nhiêu tiền",
    "chứng thực bản sao nộp ở đâu",
    "sang tên xe máy",
    "trợ cấp cho người già",
)
SPOKEN_EVERY = 3
"""Of three visits one is spoken to: what a recogniser takes, it takes with the first spoken word."""
BROWSER_RATE = 48_000
"""Hz of the fake microphone's file: at 16 kHz Chromium damages it."""


def browser_with_voice(playwright: Playwright, folder: Path) -> Browser:
    """A browser at whose microphone somebody says a sentence, again and again."""
    sentence = utterances()[0][0]
    loud = resampled(sentence, TELEPHONE_RATE, BROWSER_RATE)
    file = folder / "said.wav"
    write_wav(file, Recording(silence(0.5, BROWSER_RATE) + loud + silence(5.0, BROWSER_RATE), BROWSER_RATE))
    return playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*FLAGS, f"--use-file-for-fake-audio-capture={file}"]
    )


def browser_of_box(playwright: Playwright) -> Browser:
    """A browser without a voice at its microphone."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))


def visit(playwright: Playwright, box: Box, visits: int, *, spoken: bool) -> int:
    """Let visitors come: each touches a tile, hears the answer begin and types a question; if told to, some speak.

    Returns:
        Visits in which speech became text.
    """
    heard = 0
    with tempfile.TemporaryDirectory(prefix="motcua-voice-") as folder:
        browser = browser_with_voice(playwright, Path(folder)) if spoken else browser_of_box(playwright)
        try:
            for number, question in enumerate(itertools.islice(itertools.cycle(QUESTIONS), visits)):
                page = opened(browser, box)
                answer(page)
                _finish(page)
                _ask(page, question)
                _finish(page)
                heard += spoken and number % SPOKEN_EVERY == 0 and _speak(page)
                page.context.close()
        finally:
            browser.close()
    return heard


def spoken_visits(visits: int) -> int:
    """How many of these visits are spoken to, where any are."""
    return len(range(0, visits, SPOKEN_EVERY))


def _finish(page: Page) -> None:
    """ "Xong": everything of the visit is wiped, and the page comes anew."""
    page.locator("[data-bar=done]").click()
    page.locator(TILES).first.wait_for(timeout=15_000)


def _ask(page: Page, question: str) -> None:
    page.locator(".ways button").filter(has_text="Gõ câu hỏi").click()
    page.get_by_role("textbox").fill(question)
    page.get_by_role("button", name="Hỏi", exact=True).click()
    page.locator(".card, .lines, .talk").first.wait_for(timeout=15_000)


def _speak(page: Page) -> bool:
    microphone = page.locator("button.microphone")
    if not microphone.count():
        return False
    microphone.click()
    try:
        page.locator(".heard.final").wait_for(timeout=30_000)
    except TimeoutError:
        return False
    return True
