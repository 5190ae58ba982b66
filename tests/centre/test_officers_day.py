"""An officer's day with the running system: a report by text message is taken, answered, closed and rated; the citizen
reads the answer at the kiosk, too.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright
from provider_process import ACCOUNT, ProviderProcess
from running_system import TOKEN, RunningSystem

pytestmark = pytest.mark.xdist_group("one-at-a-time")

CHROMIUM = Path("/usr/bin/chromium")
CITIZEN = "+84900000123"
PASSWORD = "một mật khẩu đủ dài"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[ProviderProcess]:
    provider = ProviderProcess(tmp_path / "journal", TOKEN)
    provider.start()
    yield provider
    provider.kill()


@pytest.fixture
def commune(trained: None, tmp_path: Path, provider: ProviderProcess) -> Iterator[RunningSystem]:
    """A system with a route for text messages both ways."""
    running = RunningSystem(data=tmp_path / "data", log=tmp_path / "log")
    running.settings = {
        "MOTCUA_TWILIO_ACCOUNT_SID": ACCOUNT,
        "MOTCUA_TWILIO_API_URL": provider.url,
        "MOTCUA_TWILIO_NUMBER": "+84000000000",
        "MOTCUA_PUBLIC_URL": running.url,
    }
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def page() -> Iterator[Page]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--mute-audio"])
        page = browser.new_page()
        page.set_default_timeout(60_000)
        yield page
        browser.close()


def until(found: Callable[[], str], what: str) -> str:
    deadline = time.monotonic() + 90
    while not (it := found()):
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.2)
    return it


def test_a_report_by_text_is_taken_answered_closed_and_rated(
    commune: RunningSystem, provider: ProviderProcess, page: Page
) -> None:
    def texted(words: str) -> str:
        """The newest message to the citizen in which some words stand."""
        every = provider.taken()[CITIZEN] if provider.journal.exists() else []
        return next((one for one in reversed(every) if words in one), "")

    told = ""
    for said in ("phan anh cong thoat nuoc bi tac", "cau ben xom 3", "1"):
        told = " ".join(commune.text_message(said, CITIZEN))
    number = re.search(r"(\d{4}) (\d{4})", told)
    assert number is not None, told
    shown, plain = number[0], number[1] + number[2]

    assert commune.cli("centre", "officer", "add", "lan", given=f"{PASSWORD}\n{PASSWORD}\n").returncode == 0
    page.goto(f"{commune.url}/centre/sign-in")
    page.locator("#name").fill("lan")
    page.locator("#password").fill(PASSWORD)
    page.locator("form.narrow button, form button").first.click()
    page.goto(f"{commune.url}/centre/tickets")
    page.get_by_role("link", name=shown).click()
    expect(page.locator("#talk")).to_contain_text("cong thoat nuoc bi tac")
    assert CITIZEN[-6:] not in page.content()
    page.get_by_role("button", name="Nhận xử lý").click()
    page.locator("#words").fill("Thứ Hai có thợ đến thông cống.")
    page.locator("input[name=live]").uncheck()
    page.get_by_role("button", name="Nhắn tin cho người dân").click()
    until(lambda: texted("tho den thong cong"), "the officer's answer")

    page.locator("#outcome").select_option("solved")
    page.get_by_role("button", name="Kết thúc phiếu").click()
    until(lambda: texted("Nhan 3 (tot)"), "the question how it was")
    rated = " ".join(commune.text_message("3", CITIZEN))
    assert "cho diem" in rated
    page.reload()
    expect(page.locator("main")).to_contain_text("tốt")
    assert Axe().run(page, options=RULES).violations_count == 0
    page.goto(f"{commune.url}/centre/figures")
    expect(page.locator("main")).to_contain_text("Người dân cho điểm")

    # At the kiosk: how far it is; an officer's words to a report by text are for its sender alone.
    page.goto(f"{commune.url}/kiosk")
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name="Xem hồ sơ đến đâu").click()
    page.get_by_role("button", name="Hỏi phiếu đã gửi").click()
    for digit in plain:
        page.keyboard.press(digit)
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.locator("main")).to_contain_text("đã được giải quyết xong")
    assert "thông cống" not in page.content()
    assert Axe().run(page, options=RULES).violations_count == 0
