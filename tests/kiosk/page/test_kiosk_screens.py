"""The page as people use it: by touch, by keyboard, by one switch, in both shapes of the box."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from running_kiosk import RunningKiosk
from visitor import ask, press, silent, until

pytestmark = pytest.mark.xdist_group("one-at-a-time")

PORTRAIT, LANDSCAPE = (1080, 1920), (1280, 800)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OpenPage = Callable[..., Page]


def to_situation(page: Page) -> None:
    press(page, "Sinh con")


def to_card(page: Page) -> None:
    ask(page, "1.001193")
    expect(page.locator(".card")).to_be_visible()


def to_choices(page: Page) -> None:
    ask(page, "giấy khai")
    expect(page.locator(".talk, .answer")).to_be_visible()


def to_search(page: Page) -> None:
    press(page, "Gõ câu hỏi")
    page.get_by_role("textbox").fill("khai sinh")
    expect(page.locator(".suggestion")).not_to_have_count(0)


def to_code(page: Page) -> None:
    press(page, "Xem hồ sơ đến đâu")


def to_report(page: Page) -> None:
    press(page, "Phản ánh")
    expect(page.locator(".talk")).to_be_visible()


def to_officer(page: Page) -> None:
    press(page, "Gặp cán bộ")


def to_phone(page: Page) -> None:
    to_officer(page)
    press(page, "Để lại số điện thoại")


def to_settings(page: Page) -> None:
    press(page, "Cài đặt")


def to_idle(page: Page) -> None:
    to_officer(page)
    silent(page)
    expect(page.get_by_role("dialog")).to_be_visible(timeout=60_000)


SCREENS = [
    lambda page: None, to_situation, to_card, to_choices, to_search, to_code, to_report, to_officer, to_phone,
    to_settings, to_idle,
]  # fmt: skip
NAMES = [*("home", "situation", "card", "choices", "search", "code", "report", "officer", "phone", "settings", "idle")]


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
@pytest.mark.parametrize("reach", SCREENS, ids=NAMES)
def test_every_screen_can_be_used_by_everybody(open_page: OpenPage, reach: Callable[[Page], None], size) -> None:
    page = open_page(size)
    reach(page)
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, summary, label, input[type=text]")]
            .filter((one) => one.checkVisibility())
            .map((one) => [one.innerText || one.ariaLabel, one.getBoundingClientRect()])
            .filter(([, box]) => box.width < 55.5 || box.height < 55.5)
            .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""
    )
    assert small == [], "targets are at least 56 px"
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_the_largest_letters_and_high_contrast_cut_nothing_off(open_page: OpenPage, size) -> None:
    page = open_page(size)
    to_settings(page)
    press(page, "Rất to")
    press(page, "Rất rõ")
    press(page, "Quay lại")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    upon_each_other = page.evaluate(
        """() => {
            const parts = [...document.querySelectorAll(".home > *")];
            const boxes = parts.map((part) => part.getBoundingClientRect());
            return parts.flatMap((one, i) => parts.slice(i + 1).filter((_, k) => {
                const a = boxes[i], b = boxes[i + 1 + k];
                return a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
            }).map((other) => `${one.className} and ${other.className}`));
        }"""
    )
    assert upon_each_other == []
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    to_card(page)
    wide = page.evaluate(
        "(() => { const card = document.querySelector('.card'); return card.scrollWidth - card.clientWidth; })()"
    )
    assert wide <= 0
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


SMALL, USUAL = (1024, 600), (1366, 768)
ALL_BUT_IDLE = [(name, reach) for name, reach in zip(NAMES, SCREENS, strict=True) if name not in {"idle", "choices"}]


@pytest.mark.parametrize("size", [SMALL, USUAL], ids=["1024x600", "1366x768"])
def test_at_every_size_each_exit_is_seen_and_what_lies_below_is_told_of(open_page: OpenPage, size) -> None:
    for name, reach in ALL_BUT_IDLE:
        page = open_page(size)
        reach(page)
        page.wait_for_timeout(300)
        found = page.evaluate(
            """() => {
                const seen = (one) => {
                    const box = one.getBoundingClientRect();
                    return box.top >= -1 && box.left >= -1
                        && box.bottom <= innerHeight + 1 && box.right <= innerWidth + 1;
                };
                const visible = [...document.querySelectorAll("button")].filter((one) => one.checkVisibility());
                const stage = document.getElementById("screen");
                const places = [stage, ...stage.querySelectorAll(".card, .suggestions")];
                return {
                    exits: visible.filter((one) => one.closest("#bar") && !seen(one)).map((one) => one.innerText),
                    sideways: document.documentElement.scrollWidth - innerWidth,
                    below: places.some((one) => one.scrollHeight > one.clientHeight + 2
                        || one.scrollWidth > one.clientWidth + 2),
                    keys: visible.filter((one) => one.closest(".keyboard") && !seen(one)).map((one) => one.innerText),
                    hidden: visible.filter((one) => stage.contains(one) && !one.closest(".card") && !seen(one)).length,
                    // Settings name the same degrees under headings of their own.
                    names: visible.filter((one) => !one.closest("fieldset, .keys, .keyboard"))
                        .map((one) => one.innerText.trim()),
                };
            }"""
        )
        picture_of(page, f"{name}-{size[0]}")
        assert found["exits"] == [], name
        assert found["sideways"] <= 0, name
        assert found["below"] or found["hidden"] == 0, f"{name}: what is not seen can be scrolled to"
        # Nobody scrolls between two letters.
        assert name != "search" or found["keys"] == [], "every key is in sight while words are offered"
        doubled = {one for one in found["names"] if one and found["names"].count(one) > 1}
        assert not doubled, f"{name}: {doubled}"


def test_the_line_above_is_made_anew_only_when_it_tells_something_else(open_page: OpenPage) -> None:
    page = open_page()
    told = {"office": "", "clock": "09:00", "open": True, "line": True, "troubles": ["speaks"], "version": "1"}
    page.route("**/api/today", lambda route: route.fulfill(json=told))
    page.reload()
    page.wait_for_selector(".troubles")
    page.evaluate(
        """() => {
            window.made = 0;
            new MutationObserver(() => { made += 1; }).observe(document.getElementById("hall"), { childList: true });
        }"""
    )
    to_situation(page)
    assert page.evaluate("made") == 0, "a screen reader reads what is made anew"
    press(page, "Quay lại")
    press(page, "English")
    page.wait_for_function("made === 1")


def picture_of(page: Page, name: str) -> None:
    if folder := os.environ.get("MOTCUA_STORY_PICTURES"):
        page.screenshot(path=f"{folder}/layout-{name}.png")


ENLARGED = (320, 256)
"""1280 by 1024 enlarged four times, as WCAG 1.4.10 measures."""


@pytest.mark.parametrize("reach", SCREENS[:-1], ids=NAMES[:-1])
def test_a_page_enlarged_four_times_needs_no_scrolling_sideways(
    open_page: OpenPage, reach: Callable[[Page], None]
) -> None:
    page = open_page(ENLARGED)
    reach(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= ENLARGED[0]
    cut = page.evaluate(
        """() => [...document.querySelectorAll("#screen *")]
            .filter((one) => one.checkVisibility() && one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1)
            .map((one) => `${one.tagName} ${one.className}: ${one.scrollWidth} in ${one.clientWidth}`)"""
    )
    assert cut == []


TEXT_SPACING = """() => {
    const wider = new CSSStyleSheet();
    wider.replaceSync(`
        * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
        p { margin-bottom: 2em !important; }`);
    document.adoptedStyleSheets = [wider];
}"""
"""What WCAG 1.4.12 says a visitor may set."""


@pytest.mark.parametrize("reach", SCREENS[:-1], ids=NAMES[:-1])
def test_wider_text_cuts_nothing_off(open_page: OpenPage, reach: Callable[[Page], None]) -> None:
    page = open_page(LANDSCAPE)
    reach(page)
    page.evaluate(TEXT_SPACING)
    cut = page.evaluate(
        """() => [...document.querySelectorAll("button, h1, h2, p, label, summary, output")]
            .filter((one) => one.checkVisibility() && !one.closest(".unseen") && one.clientWidth > 0)
            .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 8)
            .map((one) => `${one.tagName} ${one.innerText.slice(0, 30)}`)"""
    )
    assert cut == []


def test_the_page_is_small_and_asks_three_times(open_page: OpenPage, kiosk: RunningKiosk) -> None:
    fonts_made = kiosk.data / "kiosk" / "fonts"
    until(lambda: len(list(fonts_made.glob("*.woff"))) == 2, "both fonts are made smaller")
    page = open_page()
    page.wait_for_load_state("networkidle")
    loaded = page.evaluate(
        """() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
            .map((one) => [new URL(one.name).pathname, one.decodedBodySize])"""
    )
    sizes = {path: size for path, size in loaded if "/api/" not in path}
    assert sum("/fonts/" in path for path in sizes) == 2
    assert 0 < sum(sizes.values()) < 150_000


def test_a_dossier_is_found_with_its_code_and_four_hidden_digits(open_page: OpenPage, kiosk: RunningKiosk) -> None:
    dossier = next(one for one in kiosk.dossiers() if one["code"].startswith("H"))
    page = open_page(PORTRAIT)
    to_code(page)
    for sign in dossier["code"].removeprefix("H"):
        press(page, sign)
    expect(page.locator(".entered")).to_have_text(dossier["code"])
    press(page, "Tiếp tục")
    expect(page.get_by_role("heading", name="Nhập 4 số cuối")).to_be_visible()
    page.keyboard.type("0000" if dossier["last4"] != "0000" else "1111")
    expect(page.locator(".entered")).to_have_text("●●●●")
    press(page, "Tiếp tục")
    press(page, "Nhập lại 4 số")
    page.keyboard.type(dossier["last4"])
    assert dossier["last4"] not in page.content()
    page.keyboard.press("Enter")
    expect(page.locator(".talk")).to_contain_text(dossier["status_text"].split(",")[0], ignore_case=True)
    for private in (dossier["applicant"], dossier["phone"], dossier["address"]):
        assert private not in page.content()


def test_a_report_is_asked_for_one_question_at_a_time_and_ends_with_a_number(open_page: OpenPage) -> None:
    page = open_page(PORTRAIT)
    to_report(page)
    for words in ("đèn đường ngoài ngõ bị hỏng", "xóm Đông, gần nhà văn hóa"):
        press(page, "Gõ chữ")
        page.get_by_role("textbox").fill(words)
        press(page, "Gửi")
    press(page, "Gửi đi")
    expect(page.locator(".ticket strong")).to_have_text(re.compile(r"^\d{4} \d{4}$"))


def test_an_officer_calls_back_the_number_that_was_confirmed(open_page: OpenPage, kiosk: RunningKiosk) -> None:
    page = open_page()
    to_phone(page)
    page.keyboard.type("0900000")
    expect(page.get_by_role("button", name="Tiếp tục")).to_be_disabled()
    page.keyboard.type("12")
    press(page, "Tiếp tục")
    expect(page.get_by_role("heading", name="Số này chưa đúng. Xem lại từng số.")).to_be_visible()
    press(page, "Sửa số")
    page.keyboard.type("0900000123")
    press(page, "Tiếp tục")
    expect(page.locator(".number")).to_have_text("0900 000 123")
    press(page, "Đúng rồi")
    number = page.locator(".ticket strong").inner_text()
    expect(page.get_by_text(re.compile(r"^Gọi trước \d\d:\d\d ngày \d\d/\d\d/\d{4}\.$"))).to_be_visible()
    assert "0900 000 123" not in page.content()
    silent(page)
    press(page, "In ra giấy")
    expect(page.get_by_role("button", name="Đã in xong. Xin lấy giấy.")).to_be_visible()
    assert kiosk.printer.strip()
    listed = kiosk.cli("tickets", "list").stdout.decode()
    assert number in listed
    assert "Call back" in listed
    assert kiosk.files_with("900000123") == []


def test_an_answer_goes_to_ones_own_telephone(open_page: OpenPage, kiosk: RunningKiosk) -> None:
    page = open_page()
    to_card(page)
    press(page, "Gửi về điện thoại")
    page.keyboard.type("0900000124")
    press(page, "Tiếp tục")
    press(page, "Đúng rồi")
    expect(page.get_by_role("heading", name="Tin nhắn sẽ đến sau ít phút.")).to_be_visible()
    assert kiosk.files_with("900000124") == []


def test_everything_can_be_reached_with_keys_alone(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Sinh con")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sinh con")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_be_visible()
    assert page.evaluate("document.activeElement.tagName") == "H1"


def test_one_switch_is_enough(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("F8")
    expect(page.locator(".tile:focus")).to_have_text("Sinh con")
    page.keyboard.press("F8")
    expect(page.get_by_role("heading", name="Sinh con")).to_be_visible()
    expect(page.locator(".line:focus")).to_be_visible()
    page.keyboard.press("F8")
    expect(page.locator(".card")).to_be_visible()


def test_the_language_changes_everything_at_once_and_only_for_this_visitor(open_page: OpenPage) -> None:
    page = open_page()
    press(page, "English")
    expect(page.get_by_role("heading", name="What do you need?")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"
    press(page, "Type a question")
    page.get_by_role("textbox").fill("birth certificate")
    press(page, "Ask")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Birth registration")
    press(page, "Done")
    expect(page.get_by_role("heading", name="Cần làm giấy tờ gì?")).to_be_visible()


def test_done_wipes_at_once_and_the_core_knows_the_visit_no_more(open_page: OpenPage) -> None:
    page = open_page()
    to_card(page)
    visits: list[str] = []
    page.on(
        "request", lambda asked: visits.append(asked.post_data_json["visit"]) if asked.url.endswith("/end") else None
    )
    press(page, "Xong")
    expect(page.get_by_role("heading", name="Cần làm giấy tờ gì?")).to_be_visible()
    answered = page.evaluate(
        """(visit) => fetch("/kiosk/api/turn", {method: "POST", headers: {"Content-Type": "application/json"},
            body: JSON.stringify({visit, text: "lệ phí"})}).then((response) => response.status)""",
        visits[0],
    )
    assert answered == 410


def test_a_touch_during_the_countdown_keeps_the_visit(open_page: OpenPage) -> None:
    page = open_page()
    to_card(page)
    silent(page)
    expect(page.get_by_role("dialog")).to_be_visible(timeout=60_000)
    press(page, "Còn, dùng tiếp")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".card")).to_be_visible()


TYPED = [
    ("khai sinh", "khai sinh"), ("giaasy", "giấy"), ("chuwngs", "chứng"), ("dduwowcj", "được"), ("ddaats", "đất"),
    ("hoaf", "hòa"), ("quyeenf", "quyền"), ("giaf", "già"), ("khoas", "khóa"), ("truwowngf", "trường"),
    ("thuys", "thúy"), ("toois", "tối"), ("nguoiwf", "người"), ("ass", "as"), ("aaa", "aa"),
    ("muaw", "mưa"), ("hoangf", "hoàng"), ("oanhs", "oánh"), ("w", "ư"), ("quar", "quả"), ("123", "123"),
    ("giuwx giaays", "giữ giấy"),
]  # fmt: skip


def test_telex_writes_vietnamese(open_page: OpenPage) -> None:
    page = open_page()
    written = page.evaluate(
        """async (all) => {
            const { telex } = await import("/kiosk/static/telex.js");
            return all.map((keys) => [...keys].reduce((text, key) => telex(text, key), ""));
        }""",
        [keys for keys, _ in TYPED],
    )
    assert written == [text for _, text in TYPED]


def test_the_keyboard_on_the_screen_writes_marks_by_telex_and_by_keys_of_their_own(open_page: OpenPage) -> None:
    page = open_page(PORTRAIT)
    press(page, "Gõ câu hỏi")
    # The key lies where the button was: touched at once it would be the second touch of a trembling hand.
    page.wait_for_timeout(600)
    for key in "ddaats":
        page.locator(f'[data-key="{key}"]').click()
    press(page, "Dấu cách")
    for key in ("đ", "e"):
        page.locator(f'[data-key="{key}"]').click()
    press(page, "huyền")
    expect(page.get_by_role("textbox")).to_have_value("đất đè")
    press(page, "Xóa")
    expect(page.get_by_role("textbox")).to_have_value("đất đ")
