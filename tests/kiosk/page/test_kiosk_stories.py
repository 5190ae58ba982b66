"""Visitors as they come into a hall, in the window itself: Chromium as a box starts it, met by mouse, keys and fingers.

``MOTCUA_STORY_PICTURES=FOLDER`` keeps what they see (``docs/images/story-*.png`` were made so).
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import screen_reader
from hall import Hall, missing, touched_window
from playwright.sync_api import Locator, Page, Playwright, expect
from running_kiosk import IDLE_SECONDS, WARNING_SECONDS, RunningKiosk
from screen_reader import Told
from visitor import ask, press, silent, until

pytestmark = [
    pytest.mark.xdist_group("one-at-a-time"),
    pytest.mark.skipif(missing() is not None, reason=f"a window of our own needs {missing()}"),
]

UPRIGHT = (1080, 1920)
HOME = "Cần làm giấy tờ gì?"
PRIVATE = "0900000166"
WORDS = f"nhà tôi ở xóm Đông, số {PRIVATE}"
REACH_CENTIMETRES = 120
"""As high as somebody in a wheelchair reaches (ISO 21542); a screen of 27 inches that stands upright, its lower edge at
70 cm, is 60 cm high."""
LOWER_EDGE, HIGH = 70, 60


@pytest.fixture(scope="module")
def window(
    kiosk: RunningKiosk, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Hall, Page]]:
    folder = tmp_path_factory.mktemp("stories")
    with touched_window(kiosk.url, playwright, folder, UPRIGHT, has_reader=screen_reader.missing() is None) as both:
        yield both


@pytest.fixture
def visit(window: tuple[Hall, Page], kiosk: RunningKiosk) -> Iterator[tuple[Hall, Page]]:
    """Somebody comes to a box nobody stands at; when they have gone, there is one window, and nothing failed in it."""
    hall, page = window
    troubles: list[str] = []
    note = lambda error: troubles.append(str(error))  # noqa: E731
    page.on("pageerror", note)
    page.goto(f"{kiosk.url}/kiosk")
    page.wait_for_selector("html[data-ready]")
    yield window
    assert len(hall.windows()) == 1
    page.remove_listener("pageerror", note)
    assert troubles == []


def picture(hall: Hall, name: str) -> None:
    if folder := os.environ.get("MOTCUA_STORY_PICTURES"):
        seen = hall.still()
        small = seen.resize((seen.width // 2, seen.height // 2))
        small.quantize(96).save(Path(folder) / f"story-{name}.png", optimize=True)


def middle(where: Locator) -> tuple[int, int]:
    where.scroll_into_view_if_needed()
    box = where.bounding_box()
    assert box is not None
    return round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2)


def fingers(page: Page) -> Callable[..., None]:
    """Touches the glass: at a place, with a slip of the finger on the way."""
    glass = page.context.new_cdp_session(page)

    def touch(place: tuple[int, int], slip: tuple[int, int] = (0, 0)) -> None:
        x, y = place
        glass.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        if slip != (0, 0):
            moved = [{"x": x + slip[0], "y": y + slip[1]}]
            glass.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": moved})
        glass.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    return touch


def leave(page: Page) -> None:
    """Nobody touches anything any more; the page's own clock is put forward."""
    page.clock.fast_forward((IDLE_SECONDS * 5 + 1) * 1000)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.clock.fast_forward((WARNING_SECONDS + 1) * 1000)
    expect(page.get_by_role("heading", name=HOME)).to_be_visible()


def test_a_farmer_who_does_not_write_takes_the_papers_for_a_birth_home(
    visit: tuple[Hall, Page], kiosk: RunningKiosk
) -> None:
    hall, page = visit
    picture(hall, "farmer-home")
    hall.click(*middle(page.get_by_role("button", name="Sinh con")))
    expect(page.get_by_role("heading", name="Sinh con")).to_be_visible()
    page.wait_for_timeout(700)
    hall.click(*middle(page.locator(".line").first))
    expect(page.locator(".card")).to_be_visible()
    silent(page)
    picture(hall, "farmer-card")
    page.wait_for_timeout(700)
    hall.click(*middle(page.get_by_role("button", name="In ra giấy")))
    expect(page.get_by_role("button", name="Đã in xong. Xin lấy giấy.")).to_be_visible()
    assert kiosk.printer.strip()
    hall.click(*middle(page.get_by_role("button", name="Xong", exact=True)))
    expect(page.get_by_role("heading", name=HOME)).to_be_visible()


def heard(page: Page) -> tuple[str, str]:
    """What a screen reader says of where somebody is: the role and name of the node that has the focus."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    focused = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in tree["nodes"]
        for one in node.get("properties", [])
        if one["name"] == "focused" and one["value"]["value"] and node["role"]["value"] != "RootWebArea"
    ]
    return focused[-1] if focused else ("", "")


def test_a_blind_visitor_hears_each_screen_and_each_change_and_needs_the_keys_alone(visit: tuple[Hall, Page]) -> None:
    hall, page = visit
    assert heard(page) == ("heading", HOME)
    hall.keys("Tab")
    until(lambda: heard(page)[0] == "button", "the first picture has the focus")
    assert heard(page) == ("button", "Sinh con")
    hall.keys("Return")
    until(lambda: heard(page) == ("heading", "Sinh con"), "the new screen is told by its heading")
    page.wait_for_timeout(700)
    hall.keys("Tab", "Return")
    expect(page.locator(".card")).to_be_visible()
    until(lambda: heard(page)[0] == "heading", "the answer is told by its heading")
    assert "khai sinh" in heard(page)[1].lower()
    # What changes without a new screen is told by the one status line.
    press(page, "In ra giấy")
    expect(page.get_by_role("status").filter(has_text=re.compile("Đã in xong|Máy in chưa in được"))).to_have_count(1)
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    nameless = [
        node["role"]["value"]
        for node in tree
        if not node.get("ignored")
        and node["role"]["value"] in {"button", "textbox", "link", "checkbox"}
        and not node.get("name", {}).get("value")
    ]
    assert nameless == []


@pytest.mark.skipif(screen_reader.missing() is not None, reason=f"a screen reader needs: {screen_reader.missing()}")
def test_a_screen_reader_is_told_of_each_screen_and_each_change_by_the_accessibility_bus(
    visit: tuple[Hall, Page],
) -> None:
    hall, page = visit
    reader = hall.reader
    assert reader is not None

    def focused(role: str, name: str) -> Callable[[Told], bool]:
        return lambda one: one.event.endswith(":focused") and one.role == role and name in one.name

    reader.until(focused("heading", HOME))
    since = reader.count()
    hall.keys("Tab")
    reader.until(focused("push button", "Sinh con"), since)
    hall.keys("Return")
    reader.until(focused("heading", "Sinh con"), since)
    # Orca finds the heading by itself when what had the focus vanishes, and takes the focus for no news then.
    reader.until(lambda one: one.event.startswith("object:text-changed") and one.words == "Sinh con", since)
    page.wait_for_timeout(700)
    since = reader.count()
    hall.keys("Tab", "Return")
    reader.until(focused("heading", "khai sinh"), since)
    silent(page)
    since = reader.count()
    press(page, "In ra giấy")
    # No new screen: the words come into the one line that readers watch.
    reader.until(lambda one: one.event.startswith("object:text-changed") and "Đã in xong" in one.words, since)


def test_a_hand_that_trembles_touches_twice_and_slips_and_still_chooses_one_thing(visit: tuple[Hall, Page]) -> None:
    hall, page = visit
    touch = fingers(page)
    place = middle(page.get_by_role("button", name="Trợ cấp, hộ nghèo"))
    # Three touches within the blink of a hand, however long this machine takes to pass them on.
    page.evaluate("() => { const still = performance.now(); performance.now = () => still; }")
    touch(place, slip=(6, -4))
    touch(place, slip=(-5, 3))
    touch(place)
    page.evaluate("() => { delete performance.now; }")
    expect(page.get_by_role("heading", name="Trợ cấp, hộ nghèo")).to_be_visible()
    page.wait_for_timeout(600)
    expect(page.get_by_role("heading", name="Trợ cấp, hộ nghèo")).to_be_visible()
    picture(hall, "trembling")
    touch(middle(page.locator(".line").first), slip=(4, 4))
    expect(page.locator(".card, .talk")).to_be_visible()


def test_who_sits_in_a_wheelchair_reaches_everything_a_visit_needs(visit: tuple[Hall, Page]) -> None:
    hall, page = visit
    height = UPRIGHT[1]
    highest = height * (1 - (REACH_CENTIMETRES - LOWER_EDGE) / HIGH)

    def out_of_reach() -> list[str]:
        found = []
        for one in page.get_by_role("button").all():
            box = one.bounding_box()
            if box is not None and box["y"] + box["height"] < highest:
                found.append(one.inner_text())
        return found

    # The language alone stands above; it is in the settings, too, which are below.
    assert [name for name in out_of_reach() if name != "English"] == []
    press(page, "Gõ câu hỏi")
    assert out_of_reach() == []
    picture(hall, "wheelchair")
    page.get_by_role("textbox").fill("1.001193")
    press(page, "Hỏi")
    expect(page.locator(".card")).to_be_visible()
    page.wait_for_timeout(300)
    assert out_of_reach() == []
    press(page, "Cài đặt")
    expect(page.get_by_role("button", name="English").or_(page.get_by_text("English"))).not_to_have_count(0)


def test_a_teenager_who_tries_everything_breaks_nothing(visit: tuple[Hall, Page]) -> None:
    hall, page = visit
    chance = random.Random(19)
    touch = fingers(page)
    for _ in range(40):
        touch((chance.randrange(UPRIGHT[0]), chance.randrange(UPRIGHT[1])), slip=(chance.randrange(-300, 300), 0))
    hall.keys("ctrl+w", "F11", "alt+F4", "F12", "ctrl+shift+i")
    page.goto(page.url)
    page.wait_for_selector("html[data-ready]")
    ask(page, "😀" * 40 + "<script>alert(1)</script>' OR 1=1 --")
    expect(page.locator(".talk, .answer, .message")).to_be_visible()
    press(page, "Xong")
    expect(page.get_by_role("heading", name=HOME)).to_be_visible()


def test_two_people_in_a_minute_see_nothing_of_each_other(visit: tuple[Hall, Page]) -> None:
    _, page = visit
    ask(page, WORDS)
    expect(page.locator(".talk, .answer, .message")).to_be_visible()
    silent(page)
    page.wait_for_timeout(600)
    press(page, "Xong")
    expect(page.get_by_role("heading", name=HOME)).to_be_visible()
    # The next hand is on the glass before the page has come to rest.
    page.wait_for_selector("html[data-ready]")
    ask(page, "1.001193")
    expect(page.locator(".card")).to_be_visible()
    assert PRIVATE not in page.content()
    assert "xóm Đông" not in page.content()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def half_a_question(page: Page) -> None:
    press(page, "Gõ câu hỏi")
    page.get_by_role("textbox").fill(WORDS)


def half_a_code(page: Page) -> None:
    press(page, "Xem hồ sơ đến đâu")
    page.keyboard.type("15.50.05-26")


def half_a_report(page: Page) -> None:
    press(page, "Phản ánh")
    press(page, "Gõ chữ")
    page.get_by_role("textbox").fill(WORDS)
    press(page, "Gửi")
    expect(page.locator(".talk")).to_be_visible()


def half_a_number(page: Page) -> None:
    press(page, "Gặp cán bộ")
    press(page, "Để lại số điện thoại")
    page.keyboard.type(PRIVATE[:7])


def other_settings(page: Page) -> None:
    press(page, "Cài đặt")
    press(page, "Rất rõ")
    press(page, "Rất to")


def an_answer(page: Page) -> None:
    ask(page, "1.001193")
    expect(page.locator(".card")).to_be_visible()


MIDDLES = [half_a_question, half_a_code, half_a_report, half_a_number, other_settings, an_answer]


@pytest.mark.parametrize("middle_of", MIDDLES, ids=[one.__name__ for one in MIDDLES])
def test_who_walks_away_in_the_middle_leaves_nothing(
    visit: tuple[Hall, Page], middle_of: Callable[[Page], None]
) -> None:
    _, page = visit
    fresh = page.evaluate("document.documentElement.className + document.documentElement.lang")
    page.clock.install()
    middle_of(page)
    silent(page)
    leave(page)
    page.wait_for_selector("html[data-ready]")
    assert page.evaluate("document.documentElement.className + document.documentElement.lang") == fresh
    for left in (PRIVATE, PRIVATE[:7], "xóm Đông", "15.50.05-26"):
        assert left not in page.content()
    press(page, "Gõ câu hỏi")
    expect(page.get_by_role("textbox")).to_have_value("")


def test_a_barcode_reader_types_a_code_wherever_it_is_held(visit: tuple[Hall, Page]) -> None:
    hall, page = visit
    # On the first screen nobody has asked for a code: nothing happens, nothing is chosen.
    hall.type("H15.50.05-261008-0975")
    hall.keys("Return")
    expect(page.get_by_role("heading", name=HOME)).to_be_visible()
    press(page, "Xem hồ sơ đến đâu")
    hall.type("H15.50.05-261008-0975")
    hall.keys("Return")
    expect(page.locator("h1")).to_contain_text("4 số")
    assert len(hall.windows()) == 1


def test_a_printer_without_paper_is_told_of_and_prints_when_paper_is_there(
    visit: tuple[Hall, Page], kiosk: RunningKiosk
) -> None:
    hall, page = visit
    an_answer(page)
    silent(page)
    with kiosk.printer.unplugged():
        press(page, "In ra giấy")
        failed = page.get_by_role("button", name=re.compile("^Máy in chưa in được"))
        expect(failed).to_be_visible()
        picture(hall, "paper-out")
    failed.click()
    expect(page.get_by_role("button", name="Đã in xong. Xin lấy giấy.")).to_be_visible()
    assert kiosk.printer.strip()


def test_a_glass_that_was_unplugged_works_when_it_is_back(visit: tuple[Hall, Page]) -> None:
    _, page = visit
    glass = page.context.new_cdp_session(page)
    place = middle(page.get_by_role("button", name="Sinh con"))
    # The plug is pulled while a finger lies on it: the touch never ends.
    begun = {"type": "touchStart", "touchPoints": [{"x": place[0], "y": place[1]}]}
    glass.send("Input.dispatchTouchEvent", begun)
    glass.send("Input.dispatchTouchEvent", {"type": "touchCancel", "touchPoints": []})
    glass.detach()
    expect(page.get_by_role("heading", name=HOME)).to_be_visible()
    fingers(page)(place)
    expect(page.get_by_role("heading", name="Sinh con")).to_be_visible()


def test_a_microphone_that_was_pulled_out_hears_again_when_it_is_back(visit: tuple[Hall, Page]) -> None:
    _, page = visit
    speak = page.get_by_role("button", name="Bấm để nói")
    if not speak.is_visible():
        pytest.skip("nothing recognises speech here")
    page.evaluate(
        """() => {
            const media = navigator.mediaDevices;
            window.real = media.getUserMedia.bind(media);
            media.getUserMedia = async () => { throw new DOMException("no device", "NotFoundError"); };
        }"""
    )
    speak.click()
    expect(page.get_by_role("heading", name="Lúc này chưa nghe được.", exact=False)).to_be_visible()
    page.evaluate("() => { navigator.mediaDevices.getUserMedia = window.real; }")
    press(page, "Màn hình đầu")
    page.wait_for_timeout(600)
    speak.click()
    expect(page.locator(".listening")).to_be_visible()
    press(page, "Xong")
