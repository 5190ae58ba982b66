"""Calls from the simulator to the whole running system: real webhooks, real stream, real voice and recogniser."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from running_system import RunningSystem
from try_call_doubles import RAW_MICROPHONE, write_spoken

from speech.audio import read_wav

pytestmark = pytest.mark.xdist_group("system")

CHROMIUM = Path("/usr/bin/chromium")
SHARED = Path(os.environ.get("MOTCUA_SHARED", Path(__file__).resolve().parents[3] / "shared"))
SPOKEN = SHARED / "speech" / "wavenet_tts" / "mấy_giờ_rồi.wav"

NO_MICROPHONE = (
    "MediaDevices.prototype.getUserMedia = async () => { throw new DOMException('none', 'NotFoundError'); };"
)
HEARD = re.compile("[3-9][0-9]|100")
"""A level of the loudspeaker that is a voice."""

STEP = 30_000
"""Milliseconds one answer may take on a busy machine."""


@pytest.fixture
def call_with(system: RunningSystem) -> Iterator[Callable[..., Page]]:
    """Opens the simulator in a browser of its own and dials."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    browsers: list[Browser] = []
    with sync_playwright() as playwright:

        def build(script: str, *flags: str) -> Page:
            browsers.append(playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", *flags]))
            page = browsers[-1].new_page()
            page.add_init_script(script)
            page.goto(f"{system.url}/try")
            expect(page.locator(".dossier").first).to_be_visible(timeout=STEP)
            page.get_by_role("button", name="Gọi", exact=True).click()
            expect(page.locator("#call-state")).to_have_text("Đang nói chuyện", timeout=STEP)
            expect(said(page)).to_contain_text("tổng đài tự động Một Cửa", timeout=STEP)
            return page

        yield build
        for browser in browsers:
            browser.close()


def said(page: Page) -> Locator:
    """What the assistant said last."""
    return page.locator("#call-lines .received").last


def press(page: Page, keys: str) -> None:
    for key in keys:
        page.get_by_role("button", name="Phím thăng" if key == "#" else f"Phím {key}", exact=True).click()


def test_a_dossier_is_looked_up_with_keys_alone(call_with: Callable[..., Page]) -> None:
    page = call_with(NO_MICROPHONE)
    expect(page.locator("#call-note")).to_have_text("Không tìm thấy micrô. Không sao, cứ bấm phím.")
    expect(page.get_by_role("meter", name="Tiếng ra loa")).to_have_attribute("aria-valuenow", HEARD, timeout=STEP)
    dossier = page.locator(".dossier").first
    code, status = dossier.locator("code").inner_text(), dossier.locator("span").inner_text()
    last4 = re.search(r"\d{4}", dossier.locator(".when-calling").last.inner_text())
    assert last4
    press(page, "2")
    expect(said(page)).to_contain_text("Xin bấm các chữ số của mã hồ sơ", timeout=STEP)
    press(page, re.sub(r"\D", "", code) + "#")
    expect(said(page)).to_contain_text("Mã vừa nhận", timeout=STEP)
    press(page, "1")
    expect(said(page)).to_contain_text("bốn số cuối", timeout=STEP)
    press(page, last4[0])
    expect(said(page)).to_contain_text(status, timeout=STEP)
    expect(page.get_by_role("meter", name="Tiếng ra loa")).to_have_attribute("aria-valuenow", HEARD, timeout=STEP)
    page.get_by_role("button", name="Cúp máy").click()
    expect(page.locator("#call-state")).to_have_text("Đã kết thúc cuộc gọi")


def test_words_silence_the_assistant_and_are_answered(
    call_with: Callable[..., Page], system: RunningSystem, tmp_path: Path
) -> None:
    if not SPOKEN.exists():
        pytest.skip(f"no recordings in {SPOKEN.parent}: MOTCUA_SHARED names the folder of the research material")
    if importlib.util.find_spec("vietasr") is None:
        pytest.skip("Vietnamese recognition is not here: pip install viet-asr")
    recording = tmp_path / "spoken.wav"
    write_spoken(recording, read_wav(SPOKEN), pause_seconds=9.0)
    page = call_with(
        RAW_MICROPHONE,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={recording}",
    )
    expect(page.locator("#call-note")).to_have_text("Máy đang nghe. Có thể nói hoặc bấm phím.")
    # The recording asks for the time of day: it is heard, understood, and told what this line is for.
    expect(said(page)).to_contain_text("Ở đây chỉ trả lời về thủ tục và hồ sơ.", timeout=3 * STEP)
    page.get_by_role("button", name="Cúp máy").click()
    expect(page.locator("#call-state")).to_have_text("Đã kết thúc cuộc gọi")


def test_the_kiosk_stands_beside_the_telephone(call_with: Callable[..., Page]) -> None:
    page = call_with(NO_MICROPHONE)
    page.get_by_role("button", name="Mở ki-ốt ở đây").click()
    kiosk = page.frame_locator("iframe[title='Ki-ốt ở xã']")
    expect(kiosk.get_by_role("button").first).to_be_visible(timeout=STEP)
