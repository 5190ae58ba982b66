"""An ordinary day: hands that tremble, eyes that miss the end of a page, parts that die and come back."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from running_kiosk import IDLE_SECONDS, RunningKiosk
from visitor import ask, press, silent, until

pytestmark = pytest.mark.xdist_group("one-at-a-time")

PORTRAIT, LANDSCAPE = (1080, 1920), (1280, 800)
OpenPage = Callable[..., Page]


def to_card(page: Page) -> None:
    ask(page, "1.001193")
    expect(page.locator(".card")).to_be_visible()


def children(pid: int) -> list[tuple[int, str]]:
    """Processes below one, with their command lines."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            command = stat.with_name("cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if parent == pid:
            found.append((int(stat.parent.name), command))
    return found


def kill(kiosk: RunningKiosk, *names: str) -> None:
    """End one process of the box as a lack of memory would; gunicorn writes a title over its command."""
    assert kiosk.process is not None
    pids = [pid for pid, command in children(kiosk.process.pid) if any(name in command for name in names)]
    assert len(pids) == 1
    os.kill(pids[0], signal.SIGKILL)


def touch(page: Page, where: Locator, times: int) -> None:
    box = where.bounding_box()
    assert box is not None
    for _ in range(times):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_the_first_screen_is_seen_whole(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(size)
    length = "(() => { const s = document.getElementById('screen'); return s.scrollHeight - s.clientHeight; })()"
    assert page.evaluate(length) <= 0
    expect(page.locator(".machine")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Xem tiếp phía dưới")).to_have_count(0)


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_a_button_leads_to_the_end_of_a_long_answer_and_back_and_lies_upon_nothing(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page(size)
    to_card(page)
    source = page.locator(".card .source")
    down = page.get_by_role("button", name="Xem tiếp phía dưới")
    card, strip = page.locator(".card").bounding_box(), down.bounding_box()
    assert card is not None
    assert strip is not None
    assert strip["y"] >= card["y"] + card["height"]
    until(lambda: pressed_away(page, down), "the end of the answer is reached")
    expect(source).to_be_in_viewport()
    press(page, "Xem lại từ đầu")
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    expect(down).to_be_visible()


def pressed_away(page: Page, button: Locator) -> bool:
    if button.is_visible():
        button.click()
        page.wait_for_timeout(100)
    return not button.is_visible()


def test_the_code_for_the_telephones_camera_is_a_picture(open_page: OpenPage) -> None:
    page = open_page()
    to_card(page)
    code = page.locator(".source img")
    code.scroll_into_view_if_needed()
    until(lambda: code.evaluate("(one) => one.complete && one.naturalWidth") > 0, "the code is drawn")


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_keys_stay_where_they_are_while_something_is_found(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(size)
    press(page, "Gõ câu hỏi")
    key = page.locator('[data-key="n"]')
    before = key.bounding_box()
    for letter in "khai si":
        page.keyboard.type(letter)
    expect(page.locator(".suggestion")).not_to_have_count(0)
    assert key.bounding_box() == before
    expect(page.get_by_role("button", name="Dấu cách")).to_be_in_viewport(ratio=1)


def test_a_barcode_reader_and_a_person_may_both_begin_with_the_letter_that_stands_there(
    open_page: OpenPage, kiosk: RunningKiosk
) -> None:
    code = kiosk.dossiers()[0]["code"]
    page = open_page()
    press(page, "Xem hồ sơ đến đâu")
    entered = page.locator(".entered")
    page.keyboard.type(code)
    expect(entered).to_have_text(code)
    press(page, "Xóa hết")
    for sign in ("H", "G"):
        page.locator(".signs").get_by_role("button", name=sign, exact=True).click()
    expect(entered).to_have_text("G")


def test_a_second_touch_of_a_trembling_hand_chooses_nothing_on_the_next_screen(open_page: OpenPage) -> None:
    page = open_page()
    touch(page, page.get_by_role("button", name="Trợ cấp, hộ nghèo"), times=2)
    expect(page.get_by_role("heading", name="Trợ cấp, hộ nghèo")).to_be_visible()
    page.wait_for_timeout(600)
    expect(page.get_by_role("heading", name="Trợ cấp, hộ nghèo")).to_be_visible()
    touch(page, page.locator(".line").first, times=1)
    expect(page.locator(".card")).to_be_visible()


def test_what_is_asked_for_by_a_report_can_be_left_by_touch(open_page: OpenPage) -> None:
    page = open_page()
    press(page, "Phản ánh")
    press(page, "Thôi")
    expect(page.locator(".talk h1")).to_contain_text("không gửi gì cả")


def test_none_of_what_is_offered_leads_to_the_keyboard(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "đất đai")
    press(page, "Việc khác")
    expect(page.get_by_role("textbox")).to_be_visible()


def test_done_in_the_countdown_ends_the_visit_at_once(open_page: OpenPage) -> None:
    page = open_page()
    to_card(page)
    silent(page)
    warning = page.get_by_role("dialog")
    expect(warning).to_be_visible()
    warning.get_by_role("button", name="Xong", exact=True).click()
    expect(page.get_by_role("heading", name="Cần làm giấy tờ gì?")).to_be_visible()


def test_a_voice_that_never_ends_keeps_no_visit_for_ever(open_page: OpenPage) -> None:
    page = open_page()
    page.add_init_script("HTMLMediaElement.prototype.play = () => new Promise(() => {});")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.clock.install()
    to_card(page)
    expect(page.get_by_role("button", name="Ngừng đọc")).to_be_visible()
    # While it may still be reading, it keeps the visit.
    page.clock.fast_forward((IDLE_SECONDS + 1) * 1000)
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.clock.fast_forward(IDLE_SECONDS * 5 * 1000)
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_question_asked_while_the_core_dies_is_answered_when_it_is_back(
    open_page: OpenPage, kiosk: RunningKiosk
) -> None:
    page = open_page()
    kill(kiosk, "cli.core_process")
    # General facts at once, from memory; what only the core knows when it is back.
    ask(page, "1.001193")
    expect(page.locator(".card")).to_be_visible(timeout=10_000)
    expect(page.locator(".notice")).to_contain_text("thông tin chung")
    press(page, "Quay lại")
    ask(page, "đường xóm tôi hỏng rồi")
    expect(page.get_by_role("heading", name="Đang tìm…")).to_be_visible()
    expect(page.locator(".talk")).to_be_visible(timeout=90_000)


def test_a_visitor_who_leaves_while_the_page_is_served_by_nobody_leaves_nothing(
    open_page: OpenPage, kiosk: RunningKiosk
) -> None:
    page = open_page()
    to_card(page)
    kill(kiosk, "cli.web_process", "[motcua-web]")
    until(lambda: not kiosk.is_ready(), "nobody serves the page")
    press(page, "Xong")
    expect(page.get_by_role("heading", name="Đã xóa hết.")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("khai sinh")
    expect(page.get_by_role("heading", name="Cần làm giấy tờ gì?")).to_be_visible(timeout=90_000)
    until(kiosk.is_ready, "everything is served again")


def test_a_microphone_whose_plug_is_pulled_is_told_of(open_page: OpenPage) -> None:
    page = open_page()
    if not page.get_by_role("button", name="Bấm để nói").is_visible():
        pytest.skip("nothing recognises speech here")
    page.evaluate(
        """() => {
            const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = async (wish) => (window.pulled = await real(wish));
        }"""
    )
    press(page, "Bấm để nói")
    until(lambda: page.evaluate("Boolean(window.pulled)"), "the microphone is open")
    page.evaluate(
        """() => window.pulled.getTracks().forEach((track) => {
            track.stop();
            track.dispatchEvent(new Event("ended"));
        })"""
    )
    expect(page.get_by_role("heading", name="Lúc này chưa nghe được.", exact=False)).to_be_visible()
    press(page, "Màn hình đầu")
    expect(page.get_by_role("heading", name="Cần làm giấy tờ gì?")).to_be_visible()


def test_who_hears_little_reads_what_is_being_said_in_large_letters_and_only_in_this_visit(open_page: OpenPage) -> None:
    page = open_page()
    caption = page.locator("#caption")
    press(page, "Gặp cán bộ")
    expect(page.get_by_role("button", name="Ngừng đọc")).to_be_visible()
    expect(caption).to_be_hidden()
    press(page, "Cài đặt")
    page.get_by_role("group", name="Phụ đề").get_by_role("button", name="Bật").click()
    press(page, "Quay lại")
    expect(caption).to_contain_text("trung tâm phục vụ hành chính công", ignore_case=True)
    assert caption.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)") >= 28
    press(page, "Ngừng đọc")
    expect(caption).to_be_hidden()
    press(page, "Xong")
    page.wait_for_selector("html[data-ready]")
    press(page, "Gặp cán bộ")
    expect(page.get_by_role("button", name="Ngừng đọc")).to_be_visible()
    expect(caption).to_be_hidden()


def test_a_form_says_which_step_this_is_and_how_many_there_are(open_page: OpenPage) -> None:
    page = open_page()
    step = page.locator(".step")
    press(page, "Gặp cán bộ")
    press(page, "Để lại số điện thoại")
    expect(step).to_have_text("Bước 1/2")
    page.keyboard.type("0900000123")
    press(page, "Tiếp tục")
    expect(step).to_have_text("Bước 2/2")
